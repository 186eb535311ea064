# Bare "make" lists the targets.
.DEFAULT_GOAL := help
.PHONY: help setup build docker demo test race many pure gpu gpu-dry outside lint vuln bench parity interop torture clean

GO       ?= go
CXX      ?= g++
PYTHON   ?= python3
PEERS    ?=
LIBTORCH_DIR := third_party/libtorch
CUDA_HEADERS := $(LIBTORCH_DIR)/../nvidia/cu13/include
CRT_HEADERS  := third_party/crt
NCCL_HEADERS := $(LIBTORCH_DIR)/../nvidia/nccl/include
COMMANDS     := $(notdir $(wildcard cmd/bcl-*))
# What --version prints, natively and in an image.
VERSION       = $(shell docker/version)
TARGET       ?=

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## find or fetch libtorch (LIBTORCH=DIR uses yours, BCL_CUDA=1 takes the CUDA set)
	@$(GO) run ./third_party/fetch

build: setup bin/libbcl_cuda.so ## build the commands into bin/, and link ./bcl-* to them (not bin/bcl: bcl/ is the library)
	$(GO) build -ldflags "-X github.com/bcl-go/bcl/bcl/version.commit=$(VERSION)" -o bin/ ./cmd/...
	@for command in $(COMMANDS); do ln -sfn bin/$$command $$command; done

docker: ## build the image with docker, podman or buildah, and launchers ./bcl-* (TARGET=cpu or cuda)
	@docker/build.sh $(TARGET)

# The CUDA half: a library of its own that the commands open when CUDA is requested.
# It needs CUDA's headers, which the pinned set has and another libtorch may lack.
SHIM := $(wildcard cgo/cuda/*.cc)
bin/libbcl_cuda.so: $(SHIM) $(wildcard cgo/cuda/*.h cgo/cuda/kernels/*.h) | setup
	@mkdir -p bin
	@if [ -f $(CUDA_HEADERS)/cuda_runtime_api.h ] && [ -f $(CRT_HEADERS)/crt/host_config.h ]; then \
	  set -x; $(CXX) -std=c++17 -O2 -Wall -Wno-interference-size -fPIC -shared -I$(LIBTORCH_DIR)/include -I$(LIBTORCH_DIR)/include/torch/csrc/api/include -Icgo/cuda -isystem $(NCCL_HEADERS) -isystem $(CUDA_HEADERS) -isystem $(CRT_HEADERS) \
	    -Wa,-Icgo/cuda $(SHIM) -o $@; \
	else echo "no CUDA headers next to libtorch: building without CUDA"; fi

demo: build ## train BCL-I on the embedded images and evaluate it (about 3 minutes)
	rm -rf runs/demo
	bin/bcl-train demo --config docs/demo.yaml
	bin/bcl-eval runs/demo --untrained

test: setup bin/libbcl_cuda.so race pure outside ## run all tests
	$(GO) test ./...
	docker/launcher_test.sh

# A template of go list that names the packages without C.
WITHOUT_C := {{$$c := eq .Name "cgo"}}{{range .Deps}}{{if eq . "github.com/bcl-go/bcl/cgo"}}{{$$c = true}}{{end}}{{end}}{{if not $$c}}{{.ImportPath}}{{end}}

# Otherwise each process that a test starts sleeps for a second at its end.
race: setup ## run the tests of the packages without C under the race detector
	GORACE=atexit_sleep_ms=10 $(GO) test -race $$($(GO) list -f '$(WITHOUT_C)' ./...)

pure: ## build the libraries without C for macOS, Windows and WebAssembly, and test views without assembly
	packages=$$($(GO) list -f '$(WITHOUT_C)' ./bcl/... ./torch/...) && for target in darwin/arm64 windows/amd64 js/wasm; do \
	  CGO_ENABLED=0 GOOS=$${target%/*} GOARCH=$${target#*/} $(GO) build $$packages || exit; \
	done
	$(GO) test -tags purego ./bcl/augment/...

# What make test has in a short form, and what takes minutes. Cutting a cable needs root.
many: setup ## several processes that train together: equal to one and to PyTorch's DistributedDataParallel, and after faults (PYTHON with torch)
	$(GO) test -count=1 ./torch/distributed/...
	$(GO) test -count=1 -v -run 'TestProcessesAreOne|TestViewsOfShares|TestOneProcessIsStopped' ./bcl/train
	$(GO) test -count=1 -v -timeout 30m -run 'TestProcesses|TestFaults|TestCutCable|TestOtherNumberOfProcesses' ./cmd/internal/bcltrain
	for ranks in 2 4; do $(GO) run ./bcl/model/internal/parity -python $(PYTHON) -arch resnet10 -width 16 -ranks $$ranks || exit; done

# The null GPU: see cgo/cuda/nullgpu/nullgpu.h.
NULLGPU := $(filter-out cgo/cuda/nullgpu/driver.cc,$(wildcard cgo/cuda/nullgpu/*.cc))
gpu-dry: export BCL_CUDA = 1
gpu-dry: gpu ## run the commands with --device cuda on a GPU that computes nothing, and count launches, copies and waits (fetches 2 GB; PYTHON with torch rehearses the kit)
	@mkdir -p bin/nullgpu
	$(CXX) -std=c++17 -O1 -Wall -fPIC -shared -isystem $(CUDA_HEADERS) -isystem $(CRT_HEADERS) -isystem $(LIBTORCH_DIR)/../nvidia/cudnn/include \
	  $(NULLGPU) -o bin/nullgpu/libnullgpu.so -ldl
	$(CXX) -O1 -Wall -fPIC -shared cgo/cuda/nullgpu/driver.cc -Wl,-soname,libcuda.so.1 -o bin/nullgpu/libcuda.so.1
	$(GO) run ./cgo/cuda/internal/dry -python $(PYTHON)

# The acceptance kit (cgo/cuda/kit): what a machine with a GPU, Python and torch needs.
KIT       := bin/bcl-gpu
KIT_TESTS := torch bcl/train $(wildcard torch/cuda)
gpu: export BCL_CUDA = 1
gpu: build ## pack bin/bcl-gpu.tar.gz: unpacked on a GPU machine that has torch 2.11, its run.sh shows what bcl does there
	rm -rf $(KIT) && mkdir -p $(KIT)/bin $(KIT)/stages
	cp cgo/cuda/kit/run.sh cgo/cuda/kit/*.py $(KIT)/ && cp cgo/cuda/kit/stages/*.py $(KIT)/stages/
	for file in bcl-train bcl-eval libbcl_cuda.so; do strip -o $(KIT)/bin/$$file bin/$$file || exit; done
	for room in $(KIT_TESTS); do \
	  to=$(KIT)/tests/$$(echo $$room | tr / -) && mkdir -p $$to && $(GO) test -c -ldflags '-s -w' -o $$to/ ./$$room && \
	  if [ -d $$room/testdata ]; then cp -r $$room/testdata $$to/; fi || exit; \
	done
	tar -C bin --sort=name --owner=0 --group=0 -czf $(KIT).tar.gz bcl-gpu
	@size=$$(stat -c %s $(KIT).tar.gz) && echo "$(KIT).tar.gz: $$((size >> 20)) MiB" && test $$size -le $$((64 << 20))

outside: setup ## build and run a module that imports torch from outside the checkout
	.ci/outside

lint: setup ## gofmt, go vet, staticcheck, shellcheck, py_compile
	@files=$$(gofmt -l bcl cgo cmd torch third_party/fetch third_party/notices third_party/sbom third_party/vuln); test -z "$$files" || { echo "gofmt: $$files"; exit 1; }
	$(GO) vet ./...
	$(GO) tool staticcheck ./...
	@command -v shellcheck >/dev/null || { echo "no shellcheck: install the package shellcheck of your system"; exit 1; }
	shellcheck -x docker/engine.sh $$(grep -rlE '^#!/.*[ /](ba)?sh$$' .ci cgo docker docs/*.slurm)
	@command -v $(PYTHON) >/dev/null || { echo "no $(PYTHON): install the package python3 of your system"; exit 1; }
	PYTHONPYCACHEPREFIX=bin/pycache $(PYTHON) -m py_compile cgo/cuda/kit/*.py cgo/cuda/kit/stages/*.py

vuln: setup ## govulncheck on what the commands reach, as go.mod's toolchain builds it (fetches it and golang.org/x/vulndb)
	$(GO) run ./third_party/vuln ./cmd/...

bench: setup ## time views, decoding and training against the torchvision and PyTorch of PYTHON
	$(GO) run ./bcl/internal/bench -python $(PYTHON)
	$(GO) test -run '^$$' -bench . ./torch ./bcl/checkpoint

# PEERS may name more Pythons, with other versions of PyTorch, only for the files.
parity: setup ## compare views, training and files live with the torchvision, Pillow and PyTorch of PYTHON (4 minutes)
	$(GO) run ./bcl/augment/internal/parity -python $(PYTHON) -n 2000
	$(GO) run ./bcl/model/internal/parity -python $(PYTHON)
	$(GO) run ./bcl/model/internal/parity -python $(PYTHON) -arch resnet10 -width 16 -ranks 2
	BCL_PYTHON=$$(command -v $(PYTHON)) $(GO) test -count=1 -run 'TestScript|TestParity' ./cmd/internal/bclckpt ./bcl/rgb
	dir=$$(mktemp -d) && trap 'rm -rf "$$dir"' EXIT && BCL_PEER_DIR=$$dir $(GO) test -count=1 -run TestWriteForPeers ./torch/serialize && \
	  for python in $(PYTHON) $(PEERS); do \
	    $$python torch/serialize/testdata/check.py $$dir && $$python torch/serialize/testdata/theirs.py $$dir/theirs && \
	    BCL_THEIRS_DIR=$$dir/theirs $(GO) test -count=1 -run TestReadTheirs ./torch/serialize || exit; \
	  done

interop: setup ## read what the commands write with PYTHON's pandas, tensorboard, tbparse, trackio, mlflow, umap, pyarrow, safetensors, timm, transformers and onnxruntime
	BCL_PYTHON=$$(command -v $(PYTHON)) $(GO) test -count=1 -v -run TestInterop ./bcl/run ./bcl/features ./bcl/umap ./cmd/internal/bclckpt ./cmd/internal/bcltrain

torture: setup ## kill training 100 times, damage every byte of a checkpoint, watch memory for 10,000 steps
	BCL_TORTURE=100 $(GO) test -count=1 -timeout 60m -v -run TestTorture ./cmd/internal/bcltrain
	BCL_TORTURE=100 $(GO) test -count=1 -timeout 60m -v -run TestDamageIsFound ./bcl/checkpoint
	BCL_STEPS=10000 $(GO) test -count=1 -v -run TestMemoryIsFlat ./bcl/train

clean: ## remove build outputs (not runs/, images or downloads)
	rm -rf bin $(COMMANDS)
