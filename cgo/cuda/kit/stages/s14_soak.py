"""Soak: training in what time is left; speed and memory stay flat."""

import statistics
import time

from stages.s12_memory import Peak

LIMIT, REQUIRED = 600, False


def run(kit):
    seconds = min(kit.left() - 8, kit.scale(120, 5))
    rss = []
    with Peak() as card:
        p = kit.start("bcl-train", "soak", "--epochs", 1000000, "--precision", "bf16", "--num-workers", 8)
        for part in range(10):
            time.sleep(seconds / 10)
            if p.poll() is not None:
                raise RuntimeError(f"bcl-train ended with code {p.returncode}: {p.communicate()[0][-800:]}")
            with open(f"/proc/{p.pid}/status") as f:
                rss.append(int(next(line for line in f if line.startswith("VmRSS")).split()[1]) / 2**20)
        kit.end(p)
    rates = [e["views_per_second"] for e in kit.epochs(kit.work / "soak" / "run")]
    third = max(len(rates) // 3, 1)
    first, last = statistics.median(rates[:third]), statistics.median(rates[-third:])
    kit.record(**{
        "epochs": len(rates), "views/s, first third": first, "views/s, last third": last,
        "GiB of the host, at 3/10": rss[2], "GiB of the host, at the end": rss[-1], "GiB of the card, peak": card.gib,
    })  # fmt: skip
    kit.check("speed is flat", last >= 0.95 * first, f"{last / first:.3f} of the first third's")
    kit.check("memory is flat", rss[-1] <= 1.05 * rss[2] + 0.1, f"{rss[-1]:.2f} GiB of {rss[2]:.2f}")
