#!/usr/bin/env python3
"""Classroom 50 runs this for each submission, in the student's checkout; what lies beside it comes along.

It leaves result.json (classroom50/result/v1) and release-body.md. Its exit code is 0 when the grading was completed, whatever the marks; any
other says that Viva or the machine is in trouble.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

LAB = "@LAB@"
HERE = Path(__file__).resolve().parent


def viva() -> str:
    """The one beside this file, else the one that is installed."""
    beside = HERE / "viva"
    if beside.is_file():
        # The bundle may have lost its permissions.
        beside.chmod(0o755)
        return str(beside)
    found = shutil.which("viva")
    if found is None:
        sys.exit("viva is neither beside autograder.py nor installed")
    return found


def main() -> int:
    lab = str(HERE / "lab") if (HERE / "lab").is_dir() else LAB
    # Outside the checkout: what is in it is what the student handed in.
    with tempfile.TemporaryDirectory() as work:
        command = [viva(), "grade", lab, "--submission", os.getcwd(), "--output", f"{work}/result"]
        command += ["--format", f"classroom50:{work}/result.json", "--format", f"markdown:{work}/release-body.md"]
        code = subprocess.run(command, check=False).returncode
        for name in ["result.json", "release-body.md"]:
            written = Path(work, name)
            if written.is_file():
                shutil.copyfile(written, name)
    return code


if __name__ == "__main__":
    sys.exit(main())
