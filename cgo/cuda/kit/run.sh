#!/usr/bin/env bash
# The acceptance kit: what a GPU must show of bcl, in at most ten minutes, on a machine that
# has only Python 3.11 or newer with torch 2.11.0+cu130.
#
#     [PYTHON=python3] ./run.sh [FOLDER]     FOLDER: for kit.json, table.txt and logs/;
#                                            default $OUT, else results/ here
#
# Exit code: 0 if every required stage passed, 1 if one did not, 2 for a wrong call.
set -euo pipefail
if (($# > 1)) || [[ ${1:-} == -* ]]; then
	sed -n '2,/^set/{/^#/p}' "$0" >&2
	exit 2
fi
here=$(cd "$(dirname "$0")" && pwd)
out=${1:-${OUT:-$here/results}}
python=$(command -v "${PYTHON:-python3}") || {
	echo "run.sh: no ${PYTHON:-python3} here; name one that has torch: PYTHON=/path/to/python $0" >&2
	exit 2
}
# Without importing it: a torch that cannot start is for the first stage to say.
torch=$("$python" -c 'import importlib.util as u; s = u.find_spec("torch"); print(s.submodule_search_locations[0] if s else "")')
if [[ -n $torch ]]; then
	ln -sfn "$torch/lib" "$here/lib"
else
	echo "run.sh: $python has no torch; every stage will say so" >&2
	rm -f "$here/lib"
fi
exec "$python" "$here/kit.py" "$out"
