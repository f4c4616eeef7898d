"""A real WordPress of Debian's on a private MariaDB, served by PHP's own web server."""

import base64
import html
import os
import re
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import httpx

from servers.process import ServerProcess, free_port

HERE = Path(__file__).parent / "wp"
SOURCE = Path("/usr/share/wordpress")
START_TIMEOUT = 120.0
#: What a test may leave behind; nothing else of WordPress remembers it.
_TABLES = "posts postmeta comments term_relationships"
_BLOCK = re.compile(r"<!-- .*? -->|</?p>")


class WordPress:
    """A site with one editor, `cm`, whose application password is `password`."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._site = folder, folder / "site"
        self._socket = folder / "mysql.sock"
        port = free_port()
        self.password = ""
        self._env = {
            "WP_URL": f"http://127.0.0.1:{port}",
            "WP_SITE": str(self._site),
            "WP_SOCKET": str(self._socket),
            # An answer through a proxy may keep one of them busy.
            "PHP_CLI_SERVER_WORKERS": "3",
        }
        serve = ["-S", f"127.0.0.1:{port}", "-t", str(self._site), str(HERE / "router.php")]
        self._php = ServerProcess(
            ["php", "-d", "opcache.enable_cli=1", *serve],
            port=port,
            ready="/wp-json/",
            env=self._env,
            log=folder / "php.log",
        )
        self.url = self._php.url
        self._database: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        shutil.copytree(SOURCE, self._site, ignore=shutil.ignore_patterns("wp-config.php"))
        shutil.copy(HERE / "wp-config.php", self._site)
        self._start_database()
        self.password = self._run(["php", str(HERE / "install.php")])
        self._php.start()

    def stop(self) -> None:
        self._php.stop()
        if self._database is not None:
            self._database.kill()  # nothing of it is needed again
            self._database.wait()

    def wipe(self) -> None:
        """Delete every post, page, image and comment at once."""
        self._sql("; ".join(f"TRUNCATE wp_{name}" for name in _TABLES.split()))

    def post(self, text: str, **more: object) -> dict[str, Any]:
        """Publish as its owner would in a browser."""
        content = f"<p>{html.escape(text)}</p>"
        made: dict[str, Any] = self.call(
            "POST", "posts", {"content": content, "status": "publish", **more}
        )
        return made

    def posts(self, status: str = "publish") -> list[dict[str, Any]]:
        """Return the posts as they are stored, asked without the adapter."""
        query = f"posts?context=edit&per_page=100&orderby=id&order=asc&status={status}"
        posts: list[dict[str, Any]] = self.call("GET", query)
        return posts

    def call(self, method: str, path: str, body: dict[str, object] | None = None) -> Any:
        token = base64.b64encode(f"cm:{self.password}".encode()).decode()
        headers = {"Authorization": f"Basic {token}"}
        url = f"{self.url}/wp-json/wp/v2/{path}"
        answer = httpx.request(method, url, json=body, headers=headers, timeout=60)
        return answer.raise_for_status().json()

    def _start_database(self) -> None:
        data, log = self._folder / "mysql", self._folder / "mysql.log"
        # MariaDB runs as root only where it is told to.
        common = ["--no-defaults", f"--datadir={data}"] + ["--user=root"] * (os.getuid() == 0)
        how = ["--auth-root-authentication-method=normal", "--skip-test-db"]
        self._run(["mariadb-install-db", *common, *how])
        where = ["--skip-networking", f"--socket={self._socket}"]
        quick = ["--skip-log-bin", "--innodb-flush-log-at-trx-commit=0", "--skip-name-resolve"]
        with log.open("wb") as output:
            self._database = subprocess.Popen(
                ["/usr/sbin/mariadbd", *common, *where, f"--pid-file={data}.pid", *quick],
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + START_TIMEOUT
        while not self._socket.exists():
            if self._database.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"MariaDB did not start:\n{log.read_text(errors='replace')}")
            time.sleep(0.05)
        self._sql("CREATE DATABASE wordpress CHARACTER SET utf8mb4", database="")

    def _sql(self, statement: str, *, database: str = "wordpress") -> None:
        client = ["mariadb", "--no-defaults", f"--socket={self._socket}", "--user=root"]
        self._run([*client, "-e", statement, *([database] if database else [])])

    def _run(self, command: list[str]) -> str:
        done = subprocess.run(
            command, env={**os.environ, **self._env}, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise RuntimeError(f"{command[0]} failed:\n{done.stdout}\n{done.stderr}")
        return done.stdout.strip()


def as_read(post: dict[str, Any]) -> str:
    """Return title and text of a stored post as its author wrote them."""
    lines = re.sub(r"<figure.*?</figure>", "", post["content"]["raw"])
    body = _BLOCK.sub("", lines.replace("</p>", "\n\n").replace("<br>", "\n"))
    pieces = [post["title"]["raw"], re.sub(r"\n{3,}", "\n\n", body).strip("\n")]
    return html.unescape("\n\n".join(piece for piece in pieces if piece))
