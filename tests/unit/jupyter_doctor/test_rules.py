"""One test for each row of the doctor's table."""

from __future__ import annotations

import json
import shutil
import stat
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from jntui.jupyter.command_line import GATEWAY, NOTEBOOK
from jntui.jupyter.doctor import places
from jntui.model import ChangeRequest, Server
from tests.live.certificates import make_certificate
from tests.unit.jupyter_doctor.patients import HASH, KNOWN, Home

NASTY = Path(__file__).resolve().parents[2] / "data" / "nasty"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


@pytest.fixture
def everybody(monkeypatch: pytest.MonkeyPatch) -> None:
    """The folders of the tests themselves let nobody through."""
    for module in ("places", "login", "certificates"):
        target = f"jntui.jupyter.doctor.{module}"
        name = "leads_there" if module == "places" else "others_can_read"
        monkeypatch.setattr(f"{target}.{name}", _leads if module == "places" else places.others_can_read)


def _leads(_path: str) -> bool:
    return True


def test_nothing_is_wrong_with_an_empty_home_nor_with_a_plain_file(home: Home) -> None:
    assert home.findings() == ()
    text = f"c.ServerApp.ip = '*'\nc.PasswordIdentityProvider.hashed_password = '{HASH}'\n# c.ServerApp.port = 0\n"
    path = home.write("jupyter_server_config.py", text)
    path.chmod(0o600)
    assert home.findings() == ()


def test_a_renamed_class(home: Home) -> None:
    finding = home.one("c.NotebookApp.port = 9000\n")
    assert (finding.code, finding.severity, finding.line) == ("renamed-class", "note", 1)
    assert "older name of ServerApp.port" in finding.message
    assert finding.change == ("ServerApp.port", "9000", finding.path)
    assert finding.drop == "NotebookApp.port"


def test_an_older_name_that_is_hidden_by_the_newer_one_goes_without_a_change_of_the_value(home: Home) -> None:
    home.packages = {"jupyter_server": "2.21.1"}
    home.app = "Jupyter Server"
    finding = home.one("c.ServerApp.port = 9001\nc.LabApp.port = 9000\n")
    assert (finding.code, finding.line, finding.drop) == ("renamed-class", 2, "LabApp.port")
    assert finding.change == ("ServerApp.port", "9001", finding.path)
    assert finding.fix == "Remove the line: line 1 sets ServerApp.port already."


def test_a_renamed_class_that_nothing_hands_on_is_a_warning(home: Home) -> None:
    home.packages = {"jupyter_server": "2.21.1"}
    home.app = "Jupyter Server"
    finding = home.one("c.LabApp.port = 9000\n")
    assert (finding.code, finding.severity) == ("renamed-class", "warning")
    assert "no effect" in finding.effect


def test_a_renamed_trait_and_no_value_of_a_secret_in_the_change(home: Home) -> None:
    first, second = home.py(f"c.ServerApp.notebook_dir = '/'\nc.ServerApp.password = '{HASH}'\n")
    assert (first.code, first.change) == ("renamed-trait", ("ServerApp.root_dir", "/", first.path))
    new = "PasswordIdentityProvider.hashed_password"
    assert (second.code, second.change, second.drop) == (
        "renamed-trait",
        (new, None, second.path),
        "ServerApp.password",
    )
    assert "PasswordIdentityProvider.hashed_password" in second.fix


def test_jupyter_server_1_has_the_password_in_serverapp(home: Home) -> None:
    home.packages["jupyter_server"] = "1.24.0"
    assert home.py(f"c.ServerApp.password = '{HASH}'\n") == ()
    assert "ServerApp.password" in home.one(f"c.NotebookApp.password = '{HASH}'\n").message


def test_a_dead_trait(home: Home) -> None:
    finding = home.one("c.NotebookApp.enable_mathjax = False\n")
    assert (finding.code, finding.severity) == ("dead-trait", "warning")
    assert finding.change == ("NotebookApp.enable_mathjax", None, finding.path)
    home.packages["nbclassic"] = "1.1.0"
    home.environ["JUPYTER_ASKED"] = "again"
    assert home.findings() == ()


def test_notebook_6_reads_nothing_of_serverapp(home: Home) -> None:
    home.app, home.legacy = NOTEBOOK, True
    home.write("jupyter_notebook_config.py", "c.ServerApp.port = 9000\nc.NotebookApp.ip = 'localhost'\n")
    (finding,) = home.findings()
    assert (finding.code, finding.line, "NotebookApp.port" in finding.fix) == ("later-class", 1, True)
    assert (finding.change, finding.drop) == (("NotebookApp.port", "9000", finding.path), "ServerApp.port")


def test_an_unknown_trait_and_the_likely_one_meant(home: Home) -> None:
    finding = home.one("c.ServerApp.prot = 9000\n")
    assert (finding.code, finding.severity) == ("unknown-trait", "warning")
    assert finding.change == ("ServerApp.port", "9000", finding.path)
    assert finding.drop == "ServerApp.prot"
    assert "MappingKernelManager.cull_idle_timeout" in home.one("c.ServerApp.cull_idle_timeout = 5\n").fix
    assert "PasswordIdentityProvider.hashed" in home.one(f"c.ServerApp.hashed_password = '{HASH}'\n").fix
    assert home.one("c.ServerApp.zzzz = 5\n").change == ("ServerApp.zzzz", None, finding.path)


def test_an_unknown_trait_of_an_older_class_ends_what_hands_it_on(home: Home) -> None:
    first, second = home.py("c.NotebookApp.portt = 9000\nc.NotebookApp.port = 9000\n")
    assert (first.code, first.severity, first.line) == ("unknown-trait", "error", 1)
    assert (second.code, second.severity) == ("renamed-class", "warning")


def test_where_nobody_can_be_asked_the_catalogue_knows_serverapp(home: Home) -> None:
    home.known = None
    assert home.py("c.SomeExtension.port = 1\nc.MappingKernelManager.cul_interval = 1\n") == ()
    assert "ServerApp.port" in home.one("c.ServerApp.prot = 9000\n").fix


def test_an_unknown_class(home: Home) -> None:
    finding = home.one("c.ServrApp.port = 9000\n")
    assert (finding.code, finding.change) == ("unknown-class", ("ServerApp.port", "9000", finding.path))
    home.known = {**KNOWN, "ContentsManager": {}, "KernelSpecManager": {}}
    assert home.py("c.S3ContentsManager.bucket = 'b'\nc.CondaKernelSpecManager.env_filter = 'x'\n") == ()


def test_no_class_at_all(home: Home) -> None:
    finding = home.one("c.port = 9000\n")
    assert (finding.code, finding.change) == ("no-class", ("ServerApp.port", "9000", finding.path))


def test_a_wrong_type_stops_the_server(home: Home) -> None:
    finding = home.one('\nc.ServerApp.port = "9000"\n')
    assert (finding.code, finding.severity, finding.line) == ("wrong-type", "error", 2)
    assert finding.change == ("ServerApp.port", "9000", finding.path)
    assert home.one("c.ServerApp.open_browser = 'false'\n").change == ("ServerApp.open_browser", "False", finding.path)
    assert home.one("c.ServerApp.port = 'abc'\n").change is None


def test_a_wrong_type_outside_the_catalogue(home: Home) -> None:
    assert home.one("c.ServerApp.max_body_size = '512M'\n").code == "wrong-type"
    number = home.one("c.ServerApp.max_body_size = '512'\n")
    assert (number.change, number.fix) == (
        ("ServerApp.max_body_size", "512", number.path),
        "Write 512 without quotes.",
    )
    assert home.one("c.ServerApp.browser = None\n").code == "wrong-type"
    assert home.py("c.ServerApp.max_body_size = 5\nc.ServerApp.browser = 'x'\nc.ServerApp.reraise = 1\n") == ()


def test_a_value_that_jupyter_refuses(home: Home) -> None:
    assert home.one("c.ServerApp.root_dir = '/no/such'\n").code == "no-such-directory"
    assert home.one("c.ServerApp.port_retries = -1\n").code == "refused-value"
    assert home.one("c.ServerApp.port = 70000\n").code == "port-impossible"


def test_a_syntax_error_starts_jupyter_with_defaults(home: Home) -> None:
    finding = home.one("c.ServerApp.port = 9001\nc.ServerApp.ip = (\n")
    assert (finding.code, finding.severity, finding.line) == ("syntax-error", "error", 2)
    assert "starts with defaults" in finding.effect


def test_a_broken_json_and_keys_that_are_lost(home: Home) -> None:
    path = home.write("jupyter_server_config.json", '{"ServerApp": {"port": 9000,}}')
    (finding,) = home.findings()
    assert (finding.code, finding.severity, finding.line) == ("broken-json", "error", 1)
    path.write_text('{"ServerApp": {"port": 1},\n"ServerApp": {"port": 2}}')
    (finding,) = home.findings()
    assert (finding.code, finding.line) == ("repeated-key", 2)
    assert finding.message.startswith("Line 2 repeats 'ServerApp'")
    path.write_text('{"ServerApp": "port"}')
    assert [one.code for one in home.findings()] == ["no-section"]


def test_files_that_end_or_that_need_what_is_not_there(home: Home) -> None:
    assert home.one("exit()\n").code == "ends-jupyter"
    finding = home.one("import os\nc.ServerApp.port = int(os.environ['NOT_SET_HERE'])\n")
    assert (finding.code, finding.severity, finding.line) == ("missing-variable", "error", 2)


def test_a_link_that_leads_nowhere(home: Home) -> None:
    (home.own / "jupyter_server_config.py").symlink_to(home.home / "dotfiles" / "gone.py")
    (finding,) = home.findings()
    path = str(home.own / "jupyter_server_config.py")
    assert (finding.code, finding.path, finding.makes) == ("dangling-link", path, True)


def test_a_json_hides_the_py_beside_it(home: Home) -> None:
    home.write("jupyter_server_config.json", '{"ServerApp": {"port": 9002, "max_body_size": 2}}')
    one, two = home.py("c.ServerApp.port = 9001\nc.ServerApp.max_body_size = 1\n")
    assert {one.code, two.code} == {"json-hides-py"}
    assert "jupyter_server_config.json line 1" in one.message
    assert one.change == ("ServerApp.port", None, one.path)
    assert home.py("c.ServerApp.port = 9002\n") == (), "equal values hide nothing"


def test_the_prefix_hides_the_home(home: Home) -> None:
    (home.prefix / "etc" / "jupyter" / "jupyter_server_config.json").write_text('{"ServerApp": {"port": 9002}}')
    finding = home.one("c.ServerApp.port = 9001\n")
    assert (finding.code, finding.severity, finding.line) == ("prefix-hides-home", "warning", 1)


def test_set_twice_in_one_file_is_a_note_without_a_change(home: Home) -> None:
    finding = home.one("c.ServerApp.port = 9001\nc.ServerApp.port = 9002\n")
    assert (finding.code, finding.severity, finding.line, finding.change) == ("set-twice", "note", 1, None)


def test_an_older_password_hides_what_jupyters_own_command_wrote(home: Home) -> None:
    text = json.dumps({"IdentityProvider": {"hashed_password": HASH}})
    home.write("jupyter_server_config.json", text)
    found = home.py(f"c.ServerApp.password = '{HASH}'\n")
    assert [one.code for one in found] == ["password-hidden", "renamed-trait"]
    assert found[0].path is not None
    assert found[0].path.endswith(".json")


def test_two_colons_are_ipv6_only(home: Home) -> None:
    finding = home.one("c.ServerApp.ip = '::'\n")
    assert (finding.code, finding.severity) == ("ip-ipv6-only", "warning")
    assert finding.change == ("ServerApp.ip", "*", finding.path)


def test_brackets_around_an_address_stop_the_server(home: Home) -> None:
    finding = home.one("c.ServerApp.ip = '[::]'\n")
    assert (finding.code, finding.severity, finding.change) == (
        "ip-brackets",
        "error",
        ("ServerApp.ip", "*", finding.path),
    )
    assert home.one("c.ServerApp.ip = '[fe80::1]'\n").change == ("ServerApp.ip", "fe80::1", finding.path)


def test_a_host_name_that_leads_to_this_machine_only_or_nowhere(home: Home) -> None:
    home.names = {"box": ("127.0.1.1",), "lan": ("192.168.1.5",), "nowhere": ()}
    finding = home.one("c.ServerApp.ip = 'box'\n")
    assert (finding.code, "127.0.1.1" in finding.message) == ("ip-name-loopback", True)
    assert home.one("c.ServerApp.ip = 'nowhere'\n").code == "ip-unknown-name"
    assert home.py("c.ServerApp.ip = 'lan'\n") == ()
    assert home.py("c.ServerApp.ip = 'unanswered'\n") == ()
    assert home.py("c.ServerApp.ip = 'localhost'\n") == ()


@pytest.mark.parametrize(
    ("text", "code", "answer"),
    [
        ("hunter2hunter2", "hash-plain", "401"),
        ("argon2:cut", "hash-corrupt", "500"),
        ("sha1:only", "hash-plain", "401"),
    ],
)
def test_what_is_no_hash_lets_nobody_in(home: Home, text: str, code: str, answer: str) -> None:
    finding = home.one(f"c.PasswordIdentityProvider.hashed_password = '{text}'\n")
    assert (finding.code, finding.severity) == (code, "error")
    assert answer in finding.effect
    assert text not in repr(finding)


def test_a_weak_hash_is_a_note(home: Home) -> None:
    finding = home.one("c.PasswordIdentityProvider.hashed_password = 'sha1:0123456789ab:" + "0f" * 20 + "'\n")
    assert (finding.code, finding.severity) == ("hash-weak", "note")


@pytest.mark.usefixtures("everybody")
def test_secrets_in_a_file_that_everybody_can_read(home: Home) -> None:
    path = home.write("jupyter_server_config.py", "c.IdentityProvider.token = 'tok-en-of-mine'\n")
    path.chmod(0o644)
    (finding,) = home.findings()
    assert (finding.code, finding.severity, finding.line) == ("token-readable", "warning", 1)
    assert "tok-en" not in repr(finding)
    path.write_text(f"c.PasswordIdentityProvider.hashed_password = '{HASH}'\n")
    assert [(one.code, one.severity) for one in home.findings()] == [("hash-readable", "note")]
    path.chmod(0o600)
    assert home.findings() == ()


def test_no_authentication_by_how_far_it_reaches(home: Home) -> None:
    finding = home.one("c.ServerApp.ip = '*'\nc.IdentityProvider.token = ''\n")
    assert (finding.code, finding.severity, finding.line) == ("no-authentication", "error", 2)
    finding = home.one("c.IdentityProvider.token = ''\n")
    assert (finding.code, finding.severity) == ("no-authentication-here", "warning")
    home.server = Server("jpserver-1", "running", exposure="lan")
    assert home.findings()[0].code == "no-authentication", "what it listens on counts, not what the file says now"
    home.server = None
    text = f"c.IdentityProvider.token = ''\nc.PasswordIdentityProvider.hashed_password = '{HASH}'\n"
    assert home.py(text) == ()
    assert home.py("c.IdentityProvider.token = ''\nc.ServerApp.sock = '/run/x'\n") == ()


def test_the_command_line_has_no_file(home: Home) -> None:
    (finding,) = home.findings("--IdentityProvider.token=", "--ServerApp.ip=0.0.0.0")
    assert (finding.code, finding.path, finding.line, finding.change) == ("no-authentication", None, None, None)


def test_a_token_with_a_line_end_lets_nobody_in(home: Home) -> None:
    finding = home.one("c.IdentityProvider.token = 'abc\\n'\n")
    assert (finding.code, finding.severity) == ("token-blank", "error")


def test_the_token_file_that_ends_in_a_newline(home: Home) -> None:
    path = home.home / "token"
    home.environ["JUPYTER_TOKEN_FILE"] = "token"
    path.write_text("# two lines\nabc\n")
    (finding,) = home.findings()
    assert (finding.code, finding.path, finding.line) == ("token-file-newline", str(path), 2)
    assert (finding.request, finding.fix[:21]) == (None, "Write the token alone")
    for raw, request in (("\n", None), ("abc\r\n", ChangeRequest("", None, str(path), trim=True))):
        path.write_bytes(raw.encode())
        (finding,) = home.findings()
        assert (finding.code, finding.line, finding.request) == ("token-file-newline", 1, request)
    assert "`jntui config doctor --mend token-file-newline`" in finding.fix
    path.write_text("abc")
    assert home.findings() == ()
    path.unlink()
    assert [one.code for one in home.findings()] == ["token-file-missing"]
    path.mkdir()
    (finding,) = home.findings()
    assert (finding.code, finding.message) == ("refused-value", "JUPYTER_TOKEN_FILE is no token: it is a directory.")


def test_every_origin(home: Home) -> None:
    finding = home.one("c.ServerApp.allow_origin = '*'\n")
    assert (finding.code, finding.change) == ("origin-any", ("ServerApp.allow_origin", None, finding.path))
    assert home.one("c.ServerApp.allow_origin_pat = '.*'\n").code == "origin-any"
    assert home.py("c.ServerApp.allow_origin_pat = 'https://lab\\\\.example\\\\.org'\n") == ()
    assert home.py("c.ServerApp.allow_origin = 'https://lab.example.org'\n") == ()


def test_requests_that_are_not_checked(home: Home) -> None:
    assert home.one("c.ServerApp.disable_check_xsrf = True\n").code == "xsrf-off"
    assert home.py("c.ServerApp.disable_check_xsrf = False\n") == ()


def test_root_is_allowed(home: Home) -> None:
    assert home.one("c.ServerApp.allow_root = True\n").code == "allow-root"
    assert home.py("", "--allow-root") == ()


def test_a_key_under_a_passphrase_is_named_as_that(home: Home, tmp_path: Path) -> None:
    files = make_certificate(tmp_path, "trusted")
    Path(files.key).write_text("-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIF\n-----END ENCRYPTED PRIVATE KEY-----\n")
    home.pair = f"certificate {files.certificate} and key {files.key} cannot be loaded (PEM lib)"
    finding = home.one(f"c.ServerApp.certfile = '{files.certificate}'\nc.ServerApp.keyfile = '{files.key}'\n")
    assert (finding.code, finding.severity, finding.line) == ("key-encrypted", "error", 2)
    assert "under a passphrase" in finding.message


@pytest.mark.usefixtures("everybody")
def test_a_secret_that_others_can_read_is_mended_by_the_files_mode(home: Home) -> None:
    finding = next(one for one in home.py("c.IdentityProvider.token = 'abcdefgh12345678'\n") if "readable" in one.code)
    assert finding.request == ChangeRequest("", None, finding.path, private=True)


def test_certificates_missing_not_a_pair_out_of_date(home: Home, tmp_path: Path) -> None:
    text = "c.ServerApp.certfile = '~/mycert.pem'\n"
    finding = home.one(text)
    assert (finding.code, finding.severity) == ("certificate-missing", "error")
    assert "does not expand ~" in finding.message
    files = make_certificate(tmp_path, "expired")
    text = f"c.ServerApp.certfile = '{files.certificate}'\nc.ServerApp.keyfile = '{files.key}'\n"
    assert home.py(text) == ()
    home.pair = f"the key in {files.key} does not belong to the certificate in {files.certificate}"
    finding = home.one(text)
    assert (finding.code, finding.line) == ("certificate-mismatch", 2)
    home.pair, home.certificate = "", _der(files.certificate)
    assert home.one(text).code == "certificate-expired"
    home.certificate = _der(make_certificate(tmp_path, "not-yet").certificate)
    assert home.one(text).code == "certificate-early"


def _der(path: Path) -> bytes:
    import ssl

    return ssl.PEM_cert_to_DER_cert(path.read_text())


@pytest.mark.usefixtures("everybody")
def test_a_runtime_directory_open_to_others(home: Home) -> None:
    run = home.home / "run"
    run.mkdir()
    home.environ["JUPYTER_RUNTIME_DIR"] = str(run)
    for mode, wanted in ((0o700, []), (0o711, []), (0o755, ["warning"]), (0o777, ["error"]), (0o1777, ["warning"])):
        run.chmod(mode)
        assert [one.severity for one in home.findings()] == wanted, oct(mode)
    assert stat.S_IMODE(run.stat().st_mode) == 0o1777, "nothing is changed"


def test_port_0_is_folklore(home: Home) -> None:
    finding = home.one("c.ServerApp.port = 0\n")
    assert (finding.code, finding.severity, finding.change) == (
        "port-zero",
        "warning",
        ("ServerApp.port", None, finding.path),
    )
    assert "8888" in finding.message
    assert home.py("# c.ServerApp.port = 0\n", "--port=0") == ()


def test_no_config_at_all_and_a_named_file_that_is_not_there(home: Home) -> None:
    (finding,) = home.findings("--config=nowhere.py")
    assert (finding.code, finding.path, finding.makes) == ("config-missing", str(home.home / "nowhere.py"), True)
    home.environ["JUPYTER_NO_CONFIG"] = "1"
    assert [one.code for one in home.findings()] == ["no-config"]


def test_one_file_alone_knows_nothing_of_the_rest(home: Home) -> None:
    home.environ["JUPYTER_NO_CONFIG"] = "1"
    home.environ["JUPYTER_TOKEN_FILE"] = "/no/such"
    home.write("jupyter_server_config.py", "c.ServerApp.ip = '::'\n")
    path = home.home / "one.py"
    path.write_text("c.ServerApp.port = '9000'\n")
    assert [one.code for one in home.findings(file=str(path))] == ["wrong-type"]


def test_the_kernel_gateway_is_no_patient_of_other_classes(home: Home) -> None:
    home.app = GATEWAY
    home.write("jupyter_kernel_gateway_config.py", "c.KernelGatewayApp.ip = '::'\nc.ServerApp.port = 1\n")
    assert [one.code for one in home.findings()] == ["ip-ipv6-only", "later-class"]


def test_no_secret_is_in_any_finding(home: Home) -> None:
    text = "c.ServerApp.password = 'hunter2hunter2'\nc.ServerApp.token = 'hunter2token\\n'\n"
    found = home.py(f"{text}c.ServerApp.pasword = 'hunter2'\n")
    assert len(found) >= 4
    assert "hunter2" not in repr(found)
    assert "hunter2" not in repr([tuple(one.change or ()) for one in found])


@pytest.mark.parametrize("path", sorted(NASTY.iterdir()), ids=lambda path: path.name)
def test_no_file_whatever_is_in_it_ends_the_doctor(home: Home, path: Path) -> None:
    shutil.copy(path, home.own / f"jupyter_server_config{path.suffix}")
    for finding in home.findings():
        assert finding.message
        assert finding.effect
        assert finding.fix
        assert finding.code
        assert "None" not in finding.fix


def test_the_worst_comes_first_and_there_is_an_end(home: Home) -> None:
    lines = "".join(f"c.ServerApp.prot{number} = 1\n" for number in range(400))
    found = home.py(f"{lines}c.ServerApp.port = '1'\n")
    assert found[0].code == "wrong-type"
    assert len(found) < 250


def test_what_was_written_after_the_server_started_is_found_too(home: Home) -> None:
    home.server = Server("jpserver-1", "running", started=datetime.now(timezone.utc) - timedelta(hours=1))
    text = "c.ServerApp.allow_origin = '*'\nc.ServerApp.ip = '::'\nc.ServerApp.port = '9000'\n"
    path = home.write("jupyter_server_config.py", text)
    assert {(one.code, one.line) for one in home.findings()} == {
        ("origin-any", 1),
        ("ip-ipv6-only", 2),
        ("wrong-type", 3),
    }
    home.pair = "the key does not belong to the certificate"
    pair = [home.own / "cert.pem", home.own / "key.pem"]
    for one in pair:
        one.write_text("x", encoding="utf-8")
    path.write_text(f"c.ServerApp.certfile = '{pair[0]}'\nc.ServerApp.keyfile = '{pair[1]}'\n", encoding="utf-8")
    assert "certificate-mismatch" in {one.code for one in home.findings()}


def test_a_file_that_is_too_large_to_look_at_is_no_clean_bill(home: Home) -> None:
    finding = home.one("# x\n" * 70_000)
    assert (finding.code, finding.severity, finding.message) == (
        "not-looked-at",
        "note",
        "The file was not looked at: more than 60000 words of code.",
    )
