package torch_test

import (
	"strings"
	"testing"

	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/torchtest"
)

func TestParseDevice(t *testing.T) {
	d, err := torch.ParseDevice("cpu")
	if err != nil || d != torch.CPU || d.String() != "cpu" || d.IsCUDA() {
		t.Errorf("cpu: %v, %v", d, err)
	}
	if d, err := torch.ParseDevice("auto"); err != nil || d.IsCUDA() != (cudaError == nil) {
		t.Errorf("auto: %v, error %v", d, err)
	}
	if again := torch.CUDAAvailable(); again != cudaError {
		t.Errorf("after auto CUDAAvailable returns %v, at first %v", again, cudaError)
	}
	for _, name := range []string{"", "gpu", "cuda:", "cuda:x", "cuda:-1", "cuda:1:2", "cpu:0", "CUDA", "meta"} {
		if d, err := torch.ParseDevice(name); err == nil || !strings.Contains(err.Error(), `"`+name+`"`) || !strings.Contains(err.Error(), "cpu, cuda, cuda:N or auto") {
			t.Errorf("%q: %v, error %v", name, d, err)
		}
	}
}

// Valid with and without a GPU.
func TestParseCUDA(t *testing.T) {
	for _, name := range []string{"cuda", "cuda:0"} {
		d, err := torch.ParseDevice(name)
		if cudaError != nil {
			if err == nil || !strings.Contains(err.Error(), "CUDA not available: "+cudaError.Error()) {
				t.Errorf("%s: error %v, want that CUDA is not available, and why", name, err)
			}
			continue
		}
		if err != nil || d != torch.CUDA(0) || d.String() != "cuda:0" {
			t.Errorf("%s: %v, error %v", name, d, err)
		}
	}
	_, err := torch.ParseDevice("cuda:999")
	want := "CUDA not available"
	if cudaError == nil {
		want = "this machine has"
	}
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("cuda:999: error %v, want %q in it", err, want)
	}
}

// Without a GPU, using one fails with a reason and nothing breaks.
func TestTensorOnAMissingGPU(t *testing.T) {
	if cudaError == nil {
		t.Skip("this machine has a GPU")
	}
	if cudaError.Error() == "" {
		t.Error("no reason why CUDA is missing")
	}
	for _, f := range []func(){
		func() { torch.Ones(nil, torch.On(torch.Float32, torch.CUDA(0))) },
		func() { torch.Ones(nil).ToDevice(torch.CUDA(0)) },
	} {
		// The second where libtorch has CUDA, and only the machine has not.
		if err := torchtest.Failure(t, f); err != nil && !strings.Contains(err.Error(), "CUDA") && !strings.Contains(err.Error(), "NVIDIA driver") {
			t.Errorf("error %q names neither CUDA nor the driver", err)
		}
	}
	d := torch.CUDA(0)
	if _, err := d.Name(); err == nil {
		t.Error("a missing GPU has a name")
	}
	if _, err := d.Memory(); err == nil {
		t.Error("a missing GPU has memory")
	}
	if d.Synchronize() == nil || d.EmptyCache() == nil {
		t.Error("a missing GPU synchronizes without error")
	}
}

func TestCPUDevice(t *testing.T) {
	name, err := torch.CPU.Name()
	memory, err2 := torch.CPU.Memory()
	if name != "cpu" || err != nil || err2 != nil || memory != (torch.MemoryStats{}) || torch.CPU.Synchronize() != nil || torch.CPU.EmptyCache() != nil {
		t.Errorf("CPU: name %q, memory %v, errors %v %v", name, memory, err, err2)
	}
	do(t, func() {
		x := torch.Ones([]int64{2}, torch.On(torch.Int16, torch.CPU))
		if x.Device() != torch.CPU || x.ToDevice(torch.CPU).Device() != torch.CPU || x.ToDevice(torch.CPU).DType() != torch.Int16 {
			t.Errorf("%v on %v", x.DType(), x.Device())
		}
	})
	for index, want := range map[int]string{-1: "cuda", 0: "cuda:0", 3: "cuda:3"} {
		if got := torch.CUDA(index).String(); got != want {
			t.Errorf("CUDA(%d) is %q, want %q", index, got, want)
		}
	}
}

func TestVersion(t *testing.T) {
	v, err := torch.Version()
	if err != nil || !strings.HasPrefix(v, "2.") {
		t.Errorf("version %q, error %v", v, err)
	}
	c, err := torch.Config()
	if err != nil || !strings.Contains(c, "CPU capability usage") {
		t.Errorf("config %q, error %v", c, err)
	}
}

func TestDeterministicAlgorithms(t *testing.T) {
	defer torch.UseDeterministicAlgorithms(false)
	// put_ without accumulate has no deterministic kernel.
	put := func() error {
		return torch.Do(func() error {
			torch.Run("put_", torch.Zeros([]int64{3}), torch.FromSlice([]int64{1}), torch.Ones([]int64{1}), false)
			return nil
		})
	}
	for _, on := range []bool{true, false} {
		if err := torch.UseDeterministicAlgorithms(on); err != nil {
			t.Fatal(err)
		}
		if err := put(); (err != nil) != on {
			t.Errorf("deterministic %v: error %v", on, err)
		}
	}
	for _, set := range []func(bool) error{torch.AllowTF32, torch.CuDNNBenchmark, torch.CuDNNDeterministic} {
		for _, on := range []bool{true, false} {
			if err := set(on); err != nil {
				t.Error(err)
			}
		}
	}
}
