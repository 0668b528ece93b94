"""Builds app.py into a component: `python3 build.py FOLDER` writes FOLDER/python.wasm.

Needs the packages of requirements.txt in the Python that runs it, and cargo.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
GUESTS = HERE.parents[2] / "examples" / "guests" / "Cargo.toml"
WORLD = "package code4health:app;\nworld app { include wasi:http/proxy@0.2.12; }\n"


def write_interfaces(wit: Path) -> None:
    """The WASI interfaces come from the crate `wasip2`, which the guests in Rust depend on."""
    metadata = subprocess.run(
        ["cargo", "metadata", "--locked", "--format-version", "1", "--manifest-path", GUESTS],
        check=True,
        capture_output=True,
    )
    packages = json.loads(metadata.stdout)["packages"]
    wasi = next(package for package in packages if package["name"] == "wasip2")
    shutil.copytree(Path(wasi["manifest_path"]).parent / "wit" / "deps", wit / "deps")
    (wit / "app.wit").write_text(WORLD)


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit("usage: python3 build.py FOLDER")
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as wit:
        write_interfaces(Path(wit))
        tool = Path(sys.executable).with_name("componentize-py")
        arguments = ["-d", wit, "-w", "app", "componentize", "app", "-p", HERE, "-o", folder / "python.wasm"]
        subprocess.run([tool, *arguments], check=True)


if __name__ == "__main__":
    main()
