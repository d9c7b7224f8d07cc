"""One run as a page: the machine, how each part went, and the pictures. python -m bench.page bench/results/NAME.json"""

import json
import sys
import tempfile
from html import escape
from pathlib import Path
from typing import Any

from bench import plots

STYLE = "body{font:15px/1.5 sans-serif;max-width:60em;margin:2em auto}td,th{padding:.2em 1em .2em 0;text-align:left}"
STYLE += "pre{color:#a00;white-space:pre-wrap}svg{max-width:100%;height:auto}"


def write(file: Path) -> Path:
    results: dict[str, Any] = json.loads(file.read_text())
    page = file.with_suffix(".html")
    with tempfile.TemporaryDirectory() as folder:
        pictures = {name: svg.read_text() for name, svg in plots.save(results, Path(folder)).items()}
    parts = [_head(file.stem, results["machine"]), _runs(results["runs"])]
    parts += [f"<h2>{name}</h2>\n{svg[svg.index('<svg') :]}" for name, svg in pictures.items()]
    title = f"<!doctype html><meta charset=utf-8><title>Run {file.stem}</title><style>{STYLE}</style>"
    page.write_text("\n".join([title, *parts]))
    return page


def _head(name: str, machine: dict[str, Any]) -> str:
    words = f"{machine['cores']} cores of {machine['processor']}, {machine['memory'] / 1e9:.1f} GB, {machine['system']}"
    words += f", Python {machine['python']}, commit {machine['commit']}"
    return f"<h1>Run {name}</h1>\n<p>{escape(words)}. The values, and the versions of all packages: {name}.json</p>"


def _runs(runs: dict[str, Any]) -> str:
    rows = ["<tr><th>part<th>seconds<th>load before<th>load after<th></tr>"]
    for part, run in runs.items():
        loads = "".join(f"<td>{run[when][0]:.2f}" if when in run else "<td>" for when in ("load_before", "load_after"))
        failed = f"<pre>{escape(run['error'])}</pre>" if run["error"] else ""
        rows.append(f"<tr><td>{part}<td>{run.get('seconds', '')}{loads}<td>{failed}</tr>")
    return "<table>" + "\n".join(rows) + "</table>"


if __name__ == "__main__":
    print(write(Path(sys.argv[1])))
