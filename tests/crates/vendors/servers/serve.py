"""Starts the server of a product that is installed beside this Python, on a port of loopback.

Usage: python serve.py <product>. Prints the port and the tokens of its accounts as JSON once it answers, and stops it
when its own input ends.
"""

import hashlib
import hmac
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

# A proxy of the machine has no business with loopback.
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def ask(url, body=None):
    data = None if body is None else json.dumps(body).encode()
    with OPENER.open(urllib.request.Request(url, data), timeout=10) as answer:
        return json.load(answer)


def jupyter(folder, port):
    token = "token-of-a-test-server"
    root = os.path.join(folder, "root")
    os.mkdir(root)
    own = {f"JUPYTER_{kind}_DIR": os.path.join(folder, kind.lower()) for kind in ("CONFIG", "DATA", "RUNTIME")}
    command = [
        sys.executable, "-m", "jupyter_server", "--no-browser", "--allow-root", f"--port={port}",
        "--ServerApp.port_retries=0", f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={root}",
        "--FileContentsManager.delete_to_trash=False",
    ]
    return command, own, "/api", lambda base: {"own": token}


def matrix(folder, port):
    secret = "secret-of-a-test-server"
    config = {
        "server_name": "example.org",
        "report_stats": False,
        "listeners": [{"port": port, "bind_addresses": ["127.0.0.1"], "type": "http",
                       "resources": [{"names": ["client", "media"]}]}],
        "database": {"name": "sqlite3", "args": {"database": ":memory:"}},
        "media_store_path": os.path.join(folder, "media"),
        "signing_key": "ed25519 a_test AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "registration_shared_secret": secret,
        "trusted_key_servers": [],
        "room_list_publication_rules": [{"action": "allow"}],
        "user_directory": {"search_all_users": True},
        **{f"rc_{kind}": {"per_second": 1000, "burst_count": 1000} for kind in ("message", "room_creation")},
        "rc_invites": {"per_room": {"per_second": 1000, "burst_count": 1000},
                       "per_user": {"per_second": 1000, "burst_count": 1000},
                       "per_issuer": {"per_second": 1000, "burst_count": 1000}},
    }
    file = os.path.join(folder, "homeserver.yaml")
    with open(file, "w") as out:
        json.dump(config, out)

    def register(base, name):
        url = f"{base}/_synapse/admin/v1/register"
        nonce = ask(url)["nonce"]
        parts = (nonce, name, f"password-of-{name}", "notadmin")
        mac = hmac.new(secret.encode(), "\0".join(parts).encode(), hashlib.sha1).hexdigest()
        account = {"nonce": nonce, "username": name, "password": parts[2], "admin": False, "mac": mac}
        return ask(url, account)["access_token"]

    command = [sys.executable, "-m", "synapse.app.homeserver", "-c", file]
    return command, {}, "/_matrix/client/versions", lambda base: {name: register(base, name) for name in ("ada", "bob")}


def main():
    with tempfile.TemporaryDirectory() as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        command, own, path, accounts = {"jupyter": jupyter, "matrix": matrix}[sys.argv[1]](folder, port)
        base = f"http://127.0.0.1:{port}"
        with open(os.path.join(folder, "log"), "w+") as log:
            server = subprocess.Popen(command, cwd=folder, env={**os.environ, **own}, stdin=subprocess.DEVNULL,
                                      stdout=log, stderr=log)
            try:
                while True:
                    try:
                        ask(base + path)
                        break
                    except urllib.error.URLError:
                        if server.poll() is not None:
                            log.seek(0)
                            sys.exit(f"{sys.argv[1]} ended:\n{log.read()}")
                        time.sleep(0.1)
                print(json.dumps({"port": port, "tokens": accounts(base)}), flush=True)
                sys.stdin.read()
            finally:
                server.terminate()
                server.wait()


main()
