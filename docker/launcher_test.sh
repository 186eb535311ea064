#!/usr/bin/env bash
# Tests of the launcher with fake engines that only print how they are called. Part of
# "make test"; docker/test.sh tests the real thing.
set -euo pipefail
# If this runs under nohup, so would the launcher.
[ "${1-}" = here ] || exec env --default-signal=HUP "$0" here
launcher=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)/launcher
dir=$(cd "$(mktemp -d)" && pwd -P)
trap 'rm -rf "$dir"' EXIT
mkdir "$dir"/{bin,home,data,disk,lists,run=1}
touch "$dir/lists/lt.npy" "$dir/data/odd,name"
ln -s "$dir/disk" "$dir/home/runs"
cp "$launcher" "$dir/home/bcl-train"
cd "$dir/home"

# engine NAME VERSION INFO: adds an engine to the PATH.
engine() {
	cat >"$dir/bin/$1" <<-END
		#!/bin/sh
		case \$1 in
		--version) echo "$2" ;;
		info) echo "$3" ;;
		image) ;;
		*) echo "$1 \$*" ;;
		esac
	END
	chmod +x "$dir/bin/$1"
}
engine docker 'Docker version 28' '[name=seccomp,profile=builtin name=cgroupns]'
engine podman 'podman version 5' crun
export PATH=$dir/bin:$PATH HOME=$dir/home
unset "${!BCL_@}" SSL_CERT_FILE

failed=0
# has NAME WANT LAUNCHER'S ARGUMENTS...: the output of the launcher or the engine's
# arguments contain WANT, or do not if WANT begins with "no ".
has() {
	local name=$1 want=$2 got not=
	shift 2
	case $want in 'no '*) not=1 want=${want#no } ;; esac
	got=$(./bcl-train "$@" 2>&1 </dev/null) || true
	if [[ $got = *"$want"* ]]; then [ -n "$not" ] || return 0; elif [ -n "$not" ]; then return 0; fi
	printf 'FAILED: %s: %s%s in:\n  %s\n' "$name" "${not:+no }" "$want" "$got"
	failed=1
}
me=$(id -u):$(id -g)
has 'this folder' "--workdir $dir/home"
has 'this folder' "--volume $dir/home:$dir/home"
has 'a folder elsewhere' "--volume $dir/data:$dir/data " a --data "$dir/data"
has 'a flag with =' "--volume $dir/data:$dir/data " a --data="$dir/data"
has 'a relative path' "--volume $dir/data:$dir/data " a --data ../data
has 'several' "--volume $dir/lists:$dir/lists " a --probe-list "$dir/data/x.npy,$dir/lists/lt.npy"
has 'a data set by name' "--volume $dir/data:$dir/data " a --data "imagenet=$dir/data"
has 'a name with =' "--volume $dir/run=1:$dir/run=1 " a --save-dir "$dir/run=1"
has 'a file with its folder' "--volume $dir/lists:$dir/lists " a --train-split "$dir/lists/lt.npy"
has 'files to be written' "--volume $dir/disk:$dir/disk " a --save-dir "$dir/disk/new/runs"
has 'runs is a link' "--volume $dir/disk:$dir/disk "
has 'shared memory' "--volume /dev/shm:/dev/shm " a --data /dev/shm
has 'a path that does not exist' "docker run" a --data /no/such/folder
has 'a path that does not exist' "no --volume /:" a --data /no/such/folder
has "a folder of the image's" "cannot be mounted, since the image has its own" a --data /usr/lib
has 'an address' 'no --volume http' a --data http://here/x
has 'arguments' "bcl:cpu bcl-train a --lr 0.5" a --lr 0.5
has 'no terminal' 'no --interactive'
has 'the user' "--user $me"
has 'CUDA in bcl:cpu' 'make docker TARGET=cuda' a --device cuda
BCL_MOUNT=$dir/data has 'BCL_MOUNT' "--volume $dir/data:$dir/data "
BCL_MOUNT=$dir/none has 'BCL_MOUNT' "$dir/none does not exist"
BCL_USER=7:8 has 'BCL_USER' '--user 7:8'
OMP_NUM_THREADS=3 has 'the environment' '--env OMP_NUM_THREADS=3'
https_proxy=http://p has 'a proxy' '--env https_proxy=http://p'
SSL_CERT_FILE=$dir/lists/lt.npy has 'certificates' "--volume $dir/lists/lt.npy:/etc/ssl/certs/ca-certificates.crt:ro"
BCL_ENGINE=podman has 'podman' 'podman run'
BCL_ENGINE=other has 'another engine' 'other is not installed'
(trap '' HUP && has 'nohup' 'bcl:cpu env --ignore-signal=HUP bcl-train a' a && exit "$failed") || failed=1
has 'not nohup' 'bcl:cpu bcl-train a' a
printf 'data: /x\ntrain-split: %s\n' "$dir/lists/lt.npy" >"$dir/disk/config.yaml"
has 'a run elsewhere' "--volume $dir/lists:$dir/lists " "$dir/disk"

engine docker 'Docker version 28' '[name=seccomp,profile=builtin name=rootless name=cgroupns]'
has 'rootless docker' '--user 0:0'
engine docker 'Docker version 28' '[name=seccomp,profile=builtin name=userns]'
has 'renumbered users' "--user $me --userns=host"
engine docker 'podman version 5' ''
has 'podman called docker' 'podman run'
if [ "$(id -u)" != 0 ]; then has 'rootless podman' '--userns=keep-id --group-add keep-groups'; fi
[ "$failed" = 0 ] && echo "docker/launcher: all is well"
exit "$failed"
