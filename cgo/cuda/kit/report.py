"""kit.json, replaced whole each time, and the table of it."""

import json
import os


def replace(path, text):
    """Writes a file whole or not at all."""
    part = path.with_name(path.name + ".part")
    with open(part, "w") as f:
        f.write(text)
        f.flush()
        os.fsync(f.fileno())
    os.replace(part, path)


def write(out, result):
    replace(out / "kit.json", json.dumps(result, indent=1) + "\n")
    replace(out / "table.txt", table(result))


def short(value):
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def table(result):
    """One line a stage, and below it what was checked and the figures that are single values."""
    lines = [f"{result['device']}, torch {result.get('torch', 'unknown')}, {result.get('program', 'bcl unknown')}"]
    if result["device"] == "null GPU":
        lines.append("A GPU that computes nothing: no number below means anything.")
    for name, s in result["stages"].items():
        need = "required" if s["required"] else ""
        why = (s.get("why") or "").split("\n")[0]
        lines.append(f"{name[1:3]}  {s['status']:<10} {s.get('seconds', 0):6.1f} s  {need:<9} {s['what']}{': ' * bool(why)}{why}")
        for what, check in s.get("checks", {}).items():
            lines.append(f"      {check['result']:<10} {what}: {check['detail']}")
        for key, value in s.get("figures", {}).items():
            if not isinstance(value, (dict, list)):
                lines.append(f"      {key}: {short(value)}")
            elif isinstance(value, dict) and all(not isinstance(v, (dict, list)) for v in value.values()):
                lines.append(f"      {key}: " + ", ".join(f"{k} {short(v)}" for k, v in value.items()))
    end = "all stages ran" if result["finished"] else "not finished"
    lines.append(f"{end} in {result.get('seconds', 0):.0f} s; exit code {result['exit']}")
    return "\n".join(lines) + "\n"
