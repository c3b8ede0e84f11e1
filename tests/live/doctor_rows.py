"""Configurations that are broken, one a folder of `tests/data/doctor`, and what the doctor has to say of each."""

from __future__ import annotations

from dataclasses import dataclass

SERVER = "jupyter_server_config"
PY, JSON = f"{SERVER}.py", f"{SERVER}.json"


@dataclass(frozen=True)
class Row:
    """One folder: what is in it goes to ~/.jupyter, what is in `prefix` to sys.prefix/etc/jupyter."""

    name: str
    findings: tuple[tuple[str, str, str, int | None], ...]
    """Code, severity, file and line of all that is to be found there; a file that begins with / is below the home."""
    needs: frozenset[str] = frozenset()
    """`prefix`, `hosts`, `certificates`, `readable`, `token file`, `runtime`: what a test has to make beside it."""


def row(name: str, *findings: tuple[str, str, str, int | None], needs: str = "") -> Row:
    return Row(name, findings, frozenset(needs.split(",")) if needs else frozenset())


ROWS = (
    row("renamed_notebookapp", ("renamed-class", "note", PY, 3)),
    row("renamed_labapp", ("renamed-class", "note", "jupyter_lab_config.py", 2)),
    row("renamed_jupyternotebookapp", ("renamed-class", "note", "jupyter_notebook_config.py", 1)),
    row("renamed_notebook_dir", ("renamed-trait", "note", PY, 2)),
    row("renamed_password", ("renamed-trait", "note", PY, 1)),
    row("dead_mathjax", ("dead-trait", "warning", "jupyter_notebook_config.py", 2)),
    row(
        "old_class_unknown",
        ("unknown-trait", "error", "jupyter_notebook_config.py", 2),
        ("renamed-class", "warning", "jupyter_notebook_config.py", 1),
    ),
    row("unknown_trait", ("unknown-trait", "warning", PY, 2)),
    row("unknown_trait_of_kernels", ("unknown-trait", "warning", JSON, 3)),
    row("trait_of_another_class", ("unknown-trait", "warning", PY, 1)),
    row("unknown_class", ("unknown-class", "warning", PY, 1)),
    row("no_class", ("no-class", "warning", PY, 1)),
    row("wrong_type", ("wrong-type", "error", PY, 2)),
    row("wrong_type_in_json", ("wrong-type", "error", JSON, 4)),
    row("wrong_type_elsewhere", ("wrong-type", "error", PY, 1)),
    row("syntax_error", ("syntax-error", "error", PY, 2)),
    row("python_2", ("syntax-error", "error", PY, 2)),
    row("json_comment", ("broken-json", "error", JSON, 2)),
    row("json_repeated_key", ("repeated-key", "warning", JSON, 3)),
    row("missing_module", ("missing-module", "error", PY, 1)),
    row("exits", ("ends-jupyter", "error", PY, 2)),
    row("json_hides_py", ("json-hides-py", "warning", PY, 2)),
    row("prefix_hides_home", ("prefix-hides-home", "warning", PY, 1), needs="prefix"),
    row("password_hidden", ("password-hidden", "warning", JSON, 3), ("renamed-trait", "note", PY, 1)),
    row("port_zero", ("port-zero", "warning", PY, 3)),
    row("ip_ipv6_only", ("ip-ipv6-only", "warning", PY, 2)),
    row("ip_brackets", ("ip-brackets", "error", PY, 1)),
    row("ip_name", ("ip-name-loopback", "warning", PY, 1), needs="hosts"),
    row("hash_plain", ("hash-plain", "error", PY, 1)),
    row("hash_corrupt", ("hash-corrupt", "error", JSON, 3)),
    row("hash_weak", ("hash-weak", "note", PY, 1)),
    row("hash_readable", ("hash-readable", "note", PY, 1), needs="readable"),
    row("token_readable", ("token-readable", "warning", PY, 2), needs="readable"),
    row("token_blank", ("token-blank", "error", PY, 1)),
    row("token_file_newline", ("token-file-newline", "error", "token", 1), needs="token file"),
    row("no_authentication", ("no-authentication", "error", PY, 2)),
    row("origin_any", ("origin-any", "warning", PY, 1)),
    row("xsrf_off", ("xsrf-off", "warning", PY, 1)),
    row("allow_root", ("allow-root", "", PY, 1)),
    row("certificate_missing", ("certificate-missing", "error", PY, 1)),
    row("certificate_expired", ("certificate-expired", "error", PY, 1), needs="certificates"),
    row("certificate_mismatch", ("certificate-mismatch", "error", PY, 2), needs="certificates"),
    row("runtime_open", ("runtime-open", "error", "/run", None), needs="runtime,readable"),
)

NOT_STARTING = {
    "wrong_type": "jupyter_server",
    "wrong_type_elsewhere": "jupyter_server",
    "ip_brackets": "jupyter_server",
    "certificate_missing": "jupyter_server",
    "exits": "jupyter_server",
    "old_class_unknown": "jupyterlab",
}
"""Rows with which the doctor says that Jupyter does not start, and the module that a test starts to see it."""
