"""Starts a database, and runs each file of checks on a new one of its own. Usage: run.py FOLDER-OF-PROGRAMS"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg

HERE = Path(__file__).parent
CHECKS = (("shared_database", "settings"), ("brought_database", "before_the_library"))


def main(programs):
    with tempfile.TemporaryDirectory(prefix="restwell-interop.") as scratch:
        # The database's own user must get to its folder when root runs this.
        os.chmod(scratch, 0o711)
        command = [programs / "scratch-database", Path(scratch) / "database"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as database:
            url = database.stdout.readline().strip()
            assert url, "the database did not start"
            # Leaving ends its standard input, which stops it.
            return all([run(name, settings, url, programs, scratch) for name, settings in CHECKS])


def run(name, settings, url, programs, scratch):
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'create database "{name}"')
    environment = {
        "DATABASE_URL": url.replace("@/library", f"@/{name}"),
        "DJANGO_SETTINGS_MODULE": settings,
        "LIBRARY": str(programs / "library"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": f"{HERE.parent / 'oracle'}:{HERE}",
        "SCRATCH": scratch,
        "SECRET_KEY": "only-for-these-checks-0123456789",
    }
    print(f"{name}:", flush=True)
    return subprocess.run([sys.executable, HERE / f"{name}.py"], env=os.environ | environment, check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(0 if main(Path(sys.argv[1]).absolute()) else 1)
