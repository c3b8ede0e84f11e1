"""A check from another host: the user's own OpenSSH carries a few requests there, and what came back is read here.

What runs on that host is small and decides nothing: it makes the requests that it is told, with curl, python3 or bash,
and sends back what it saw. It writes no file, reads no configuration of curl or Python, uses no proxy, and no token
ever goes there. What it sends back counts as hostile.
"""
