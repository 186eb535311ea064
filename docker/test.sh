#!/usr/bin/env bash
# test.sh DIR [cuda]: builds the image bcl:cpu of the last commit in a clone below DIR and
# uses its launchers as a user would: training, evaluation, signals, owners. Prints
# results; exits with 1 at the first failure. DIR keeps 4 GB. With the argument cuda it
# builds bcl:cuda too, which needs no GPU, but 25 GB.
#
# Uses docker or podman if one works; otherwise, as root on Debian, buildah on a base made
# by debootstrap, which needs no daemon and no registry of images.
set -euo pipefail
source=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)
# shellcheck source=docker/engine.sh
. "$source/docker/engine.sh"
case $#:${2:-} in
1: | 2:cuda) ;;
*) say "expected a folder to work in, and cuda for that image too: docker/test.sh DIR [cuda]"; exit 2 ;;
esac
mkdir -p "$1"
dir=$(cd "$1" && pwd -P)

step() { printf '\n== %s\n' "$*"; }
fail() { printf 'FAILED: %s\n' "$*"; exit 1; }
# expect CODE COMMAND...: runs it with its output in DIR/out; its exit code must be CODE.
expect() {
	local want=$1 code=0
	shift
	"$@" >"$dir/out" 2>&1 || code=$?
	[ "$code" = "$want" ] || { tail -20 "$dir/out"; fail "$* ended with $code, expected $want"; }
	printf 'exit %3d, as expected: %s\n' "$code" "${*/#"$dir/"/}"
}
# packages NAME...: installs the Debian packages that lack a command of their name.
packages() {
	local name
	for name in "$@"; do
		command -v "$name" >/dev/null && continue
		[ "$(id -u)" = 0 ] || die "needs $name; install it: apt-get install $name"
		apt-get install -q -y --no-install-recommends "$name" >"$dir/apt.log" 2>&1 ||
			{ tail "$dir/apt.log"; die "apt-get install $name failed"; }
	done
}

step "scripts: shellcheck"
packages shellcheck
(cd "$source" && shellcheck -x docker/*.sh docker/launcher docker/compile docker/go-toolchain docker/libtorch docker/version)

step "engine"
flags=()
if [ -z "${BCL_ENGINE:-}" ] && { works docker || works podman; }; then
	find_engine
else
	[ "$(id -u)" = 0 ] || die "needs docker or podman, or root for buildah:"$'\n'"$why_not"
	packages buildah debootstrap strace
	export BUILDAH_ISOLATION=chroot CONTAINERS_STORAGE_CONF=$dir/storage.conf BCL_ENGINE=buildah
	printf '[storage]\ndriver = "overlay"\ngraphroot = "%s"\nrunroot = "%s"\n' "$dir/images" "$dir/run" >"$dir/storage.conf"
	find_engine || die "$why_not"
	# The base under the name in the Dockerfile.
	base=$(sed -n 's/^ARG BASE=//p' "$source/docker/Dockerfile")
	suite=${base#*:}
	if ! buildah inspect --type image "docker.io/library/$base" >/dev/null 2>&1; then
		rm -rf "$dir/base"
		debootstrap --variant=minbase "${suite%-slim}" "$dir/base" >"$dir/debootstrap.log" || { tail "$dir/debootstrap.log"; fail debootstrap; }
		rm -rf "$dir"/base/var/cache/apt/archives/*.deb "$dir"/base/var/lib/apt/lists/*
		scratch=$(buildah from scratch)
		buildah add -q "$scratch" "$dir/base" / >/dev/null
		buildah commit -q --rm "$scratch" "docker.io/library/$base" >/dev/null
		rm -rf "$dir/base"
	fi
	flags=(--pull-never)
fi
echo "$engine $("$engine" --version)"

step "build of a clean clone"
rm -rf "$dir/clone" "$dir/elsewhere"
git clone -q "$source" "$dir/clone"
cd "$dir/clone"
commit=$(git rev-parse HEAD)
build() { docker/build.sh "$@" "${flags[@]}" >"$dir/build.log" 2>&1 || { tail -30 "$dir/build.log"; fail "build; the full log is $dir/build.log"; }; }
start=$SECONDS
build cpu
echo "$((SECONDS - start)) s"

# The caller must own the written files. As root this is tested with another id.
owner=$(id -u):$(id -g)
if [ "$(id -u)" = 0 ]; then owner=12345:23456 && chown "$owner" . && export BCL_USER=$owner; fi
# Any program of the image can be run like the commands: by the launcher's name.
ln -s bcl-train sh
in_image() { ./sh -c "$1"; }

step "commands"
for command in bcl-*; do "./$command" --version; done
./bcl-train --version | grep -q 'container image bcl:cpu' || fail "--version does not name the image"
[ "$(in_image 'id -u'):$(in_image 'id -g')" = "$owner" ] || fail "the command does not run as $owner"

step "bill of materials, licences"
in_image 'cat /usr/lib/bcl/sbom.cdx.json' >"$dir/sbom"
for part in pkg:pypi/torch@ pkg:golang/std@ pkg:golang/github.com/spf13/pflag@ pkg:deb/debian/libjpeg-turbo@; do
	grep -q "\"$part" "$dir/sbom" || fail "the bill of materials lacks $part"
done
in_image 'cat /usr/lib/bcl/licenses/NOTICES.txt' | cmp - third_party/notices/NOTICES.txt || fail "NOTICES.txt differs"
in_image 'ls /usr/lib/bcl/licenses'

step "libraries that ldd does not find"
# shellcheck disable=SC2016 # the image's shell expands it
in_image 'for f in /usr/lib/bcl/bin/* /usr/lib/bcl/lib/*; do ldd $f | sed "s|^|$f:|"; done' >"$dir/ldd"
if grep 'not found' "$dir/ldd"; then fail "missing libraries"; fi
echo "none, of $(wc -l <"$dir/ldd") lines"

step "training, evaluation, owners"
tiny=(--data embedded --model resnet10 --width 8 --epochs 3 --batch-size 128 --warmup 1 --lr 0.2)
expect 0 ./bcl-train whole "${tiny[@]}"
expect 0 ./bcl-eval runs/whole --by knn
cat "$dir/out"
others=$(find runs ! \( -user "${owner%:*}" -group "${owner#*:}" \))
[ -z "$others" ] || fail "not owned by $owner: $others"
echo "all $(find runs -type f | wc -l) files belong to $owner"

step "folders elsewhere"
mkdir "$dir/elsewhere"
[ "$(id -u)" != 0 ] || chown "$owner" "$dir/elsewhere"
expect 0 ./bcl-train far "${tiny[@]}" --epochs 1 --save-dir "$dir/elsewhere/new/runs"
expect 0 ./bcl-eval "$dir/elsewhere/new/runs/far" --by knn

step "signals, and resuming"
# stopped SIGNAL CODE: sending SIGNAL to the launcher during training ends it with CODE.
stopped() {
	local code=0 i
	rm -rf runs/stopped
	env --default-signal=INT ./bcl-train stopped "${tiny[@]}" >"$dir/out" 2>&1 &
	for ((i = 0; i < 600; i++)); do
		if [ -s runs/stopped/metrics.jsonl ]; then break; fi
		sleep 0.2
	done
	kill -s "$1" $!
	wait $! || code=$?
	[ "$code" = "$2" ] || { tail "$dir/out"; fail "SIG$1 gave $code, expected $2"; }
	echo "SIG$1: exit $code; $(grep 'stopped by' "$dir/out")"
	expect 0 ./bcl-train stopped "${tiny[@]}" --resume
	cmp runs/stopped/model.pt runs/whole/model.pt || fail "the resumed model differs"
	echo "resuming gave the same model.pt as an uninterrupted run"
}
stopped TERM 143
stopped INT 130

step "exit codes"
expect 2 ./bcl-train --nonsense
expect 1 ./bcl-eval runs/none
expect 1 env BCL_IMAGE=bcl:none ./bcl-train --version

step "size"
sizes() {
	in_image 'du -x -B1000000 -d2 /usr/lib/bcl | sort -rn | head -12
	du -x -B1000000 -d1 / 2>/dev/null | sort -rn | head -4'
	size=$(in_image 'du -xs -B1000000 / 2>/dev/null || true' | cut -f1) # some folders are only readable by root
	echo "$size MB in total"
}
sizes
[ "$size" -le 900 ] || fail "expected at most 900"

if [ "$engine" = buildah ]; then
	step "strace: libraries that training looks for and does not find"
	container=$(buildah from --pull-never bcl:cpu)
	root=$(buildah mount "$container")
	# With /proc, by which programs find their own folder, in a mount namespace that ends
	# with them.
	# shellcheck disable=SC2016 # the inner shell expands it
	strace -f -qq -e trace=open,openat -o "$dir/strace" \
		unshare --mount sh -c 'mount --rbind /proc "$1/proc"; exec chroot --userspec "$0" "$@"' "$owner" "$root" \
		/usr/lib/bcl/bin/bcl-train traced "${tiny[@]}" --epochs 1 --save-dir /tmp/runs >"$dir/out" 2>&1 ||
		{ tail "$dir/out"; fail "training under strace"; }
	buildah rm "$container" >/dev/null
	library() { sed -nE "s|.*\"([^\"]*/)?([^/\"]+\.so[.0-9]*)\".*$1.*|\2|p" "$dir/strace" | sort -u; }
	missing=$(comm -23 <(library ENOENT) <(library '= [0-9]'))
	[ -z "$missing" ] || fail "not found: $missing"
	echo "none, of $(library '= [0-9]' | wc -l) libraries"
fi

step "a second build, with empty compiler caches"
sums() { in_image 'sha256sum /usr/lib/bcl/bin/*'; }
first=$(sums)
rm -rf "$dir/again"
git clone -q "$source" "$dir/again"
cd "$dir/again"
git checkout -q "$commit"
start=$SECONDS
build cpu --build-arg "GOCACHE=/tmp/go-build-$RANDOM"
echo "$((SECONDS - start)) s"
cd "$dir/clone"
second=$(sums)
echo "$second"
[ "$first" = "$second" ] || fail "the binaries differ; the first were: $first"

if [ "${2:-}" = cuda ]; then
	step "bcl:cuda"
	start=$SECONDS
	build cuda
	echo "$((SECONDS - start)) s"
	ln -sf bcl-train sh
	# shellcheck disable=SC2016 # the image's shell expands it
	in_image 'for f in /usr/lib/bcl/bin/* $(find /usr/lib/bcl -name "*.so*"); do ldd $f | sed "s|^|$f:|"; done' >"$dir/ldd"
	if grep 'not found' "$dir/ldd" | grep -v 'libcuda\.so\.1'; then fail "missing libraries"; fi
	echo "libraries: nothing is missing except the driver's libcuda.so.1, of $(wc -l <"$dir/ldd") lines"
	if ! ls /dev/nvidiactl /dev/dxg >/dev/null 2>&1; then
		in_image 'bcl-train cuda --data embedded --device cuda 2>&1 || true' | tee "$dir/out"
		grep -q 'no NVIDIA driver' "$dir/out" || fail "the CUDA half does not load"
	fi
	expect 0 ./bcl-train cuda-1 "${tiny[@]}" --epochs 1
	sizes
fi
step "all tests passed"
