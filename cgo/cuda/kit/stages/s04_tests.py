"""Tests of torch and bcl/train, with CUDA open where they ask for it."""

import subprocess

import bench

LIMIT, REQUIRED = 90, True


def run(kit):
    tests = sorted((bench.HERE / "tests").glob("*/*.test"))
    env = kit.environment({"BCL_CUDA_SHIM": str(bench.HERE / "bin" / "libbcl_cuda.so")})
    for t in tests:
        p = subprocess.run([str(t), "-test.short", "-test.v"], cwd=t.parent, env=env, capture_output=True, text=True)
        print(p.stdout, p.stderr, flush=True)
        count = {w: p.stdout.count(f"--- {w}: ") for w in ("PASS", "FAIL", "SKIP")}
        kit.check(t.stem, p.returncode == 0, f"code {p.returncode}, {count['PASS']} passed, {count['FAIL']} failed, {count['SKIP']} skipped", numeric=False)
    kit.check("tests are here", bool(tests), f"{len(tests)} binaries", numeric=False)
