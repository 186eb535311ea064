package torch_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/bcl-go/bcl/torch"
)

// same reports whether two tensors have the same shape, memory format and bits.
func same(a, b torch.Tensor) bool {
	bits := torch.Int32
	if a.DType() == torch.BFloat16 {
		bits = torch.Int16
	}
	format := torch.ChannelsLast
	if a.Dim() == 4 && a.IsContiguous(format) != b.IsContiguous(format) {
		return false
	}
	return torch.Values("equal", torch.Call("view.dtype", a, bits)[0], torch.Call("view.dtype", b, bits)[0])[0].(bool)
}

// normCase is one shape and kind of batch normalisation.
type normCase struct {
	shape          []int64
	dtype          torch.DType
	shortcut, relu bool
	training       bool
}

// normData are the tensors of a case.
type normData struct{ x, shortcut, grad, w, b, mean, variance torch.Tensor }

func (c normCase) data() (d normData) {
	torch.ManualSeed(7)
	channels := []int64{c.shape[1]}
	input := func(scale float64) torch.Tensor {
		x := torch.Randn(c.shape).MulScalar(scale).To(c.dtype)
		if len(c.shape) == 4 {
			x = x.ToFormat(torch.ChannelsLast)
		}
		return x.Detach()
	}
	d.x, d.grad = input(3).SetRequiresGrad(true), input(0.01)
	if c.shortcut {
		d.shortcut = input(1).SetRequiresGrad(true)
	}
	d.w, d.b = torch.Rand(channels).AddScalar(0.5).Detach().SetRequiresGrad(true), torch.Randn(channels).SetRequiresGrad(true)
	d.mean, d.variance = torch.Randn(channels), torch.Rand(channels)
	return d
}

// on returns the data on a device.
func (d normData) on(device torch.Device) normData {
	move := func(x torch.Tensor) torch.Tensor {
		if !x.Defined() {
			return x
		}
		return x.Detach().ToDevice(device).SetRequiresGrad(x.RequiresGrad())
	}
	return normData{move(d.x), move(d.shortcut), move(d.grad), move(d.w), move(d.b), move(d.mean), move(d.variance)}
}

// result is by BatchNormAct or by the operators that it stands for.
func (c normCase) result(d normData, fused bool) torch.Tensor {
	if fused {
		return torch.BatchNormAct(d.x, d.shortcut, d.w, d.b, d.mean, d.variance, c.training, 0.1, 1e-5, c.relu)
	}
	y := torch.BatchNorm(d.x, d.w, d.b, d.mean, d.variance, c.training, 0.1, 1e-5)
	if c.shortcut {
		y = y.Add_(d.shortcut, 1)
	}
	if c.relu {
		y = y.ReLU_()
	}
	return y
}

// run returns all that a case gives, by name.
func (c normCase) run(fused bool) map[string]torch.Tensor {
	return c.runOn(c.data(), fused)
}

func (c normCase) runOn(d normData, fused bool) map[string]torch.Tensor {
	if !c.training {
		var y torch.Tensor
		torch.NoGrad(func() { y = c.result(d, fused) })
		return map[string]torch.Tensor{"y": y, "y with gradients": c.result(d, fused).Detach()}
	}
	y := c.result(d, fused)
	y.Mul(d.grad).Sum().Backward()
	out := map[string]torch.Tensor{"y": y.Detach(), "running mean": d.mean, "running variance": d.variance, "dx": d.x.Grad(), "dw": d.w.Grad(), "db": d.b.Grad()}
	if c.shortcut {
		out["shortcut's gradient"] = d.shortcut.Grad()
	}
	return out
}

// BatchNormAct has the bits of the operators that it stands for, whatever the number of
// threads.
func TestBatchNormAct(t *testing.T) {
	before, err := torch.NumThreads()
	if err != nil {
		t.Fatal(err)
	}
	defer torch.SetNumThreads(before)
	shapes := [][]int64{
		{8, 16, 6, 6}, {8, 48, 5, 7}, {2, 64, 11, 3}, {3, 512, 4, 4}, {64, 128}, {40, 96, 1, 1},
		{8, 24, 3, 3},
		{2, 16, 1, 1}, {4, 2048, 3, 3}, {1, 2080, 2, 2}, {1, 16, 2, 2},
	}
	for _, threads := range []int{1, 2, 3} {
		if err := torch.SetNumThreads(threads); err != nil {
			t.Fatal(err)
		}
		for _, shape := range shapes {
			for _, dtype := range []torch.DType{torch.Float32, torch.BFloat16} {
				for _, kind := range []struct{ shortcut, relu bool }{{false, false}, {false, true}, {true, false}, {true, true}} {
					for _, training := range []bool{true, false} {
						compareNorm(t, threads, normCase{shape, dtype, kind.shortcut, kind.relu, training})
					}
				}
			}
		}
	}
}

// Large results are stored past the caches.
func TestBatchNormActOfLargeTensors(t *testing.T) {
	threads, err := torch.NumThreads()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []normCase{
		{[]int64{64, 64, 23, 23}, torch.Float32, true, true, true},
		{[]int64{130, 64, 23, 23}, torch.BFloat16, false, true, true},
		{[]int64{130, 64, 23, 23}, torch.BFloat16, true, true, false},
	} {
		compareNorm(t, threads, c)
	}
}

func compareNorm(t *testing.T, threads int, c normCase) {
	t.Helper()
	do(t, func() {
		want := c.run(false)
		for name, got := range c.run(true) {
			if !same(got, want[name]) {
				t.Errorf("%d threads, %+v: %s differs", threads, c, name)
			}
		}
	})
}

// Else the tests above compare an operator with itself.
func TestBatchNormActHasKernels(t *testing.T) {
	config, err := torch.Config()
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Contains(config, "CPU capability usage: AVX") && os.Getenv("BCL_FUSED_BATCH_NORM") != "0"
	for dtype, want := range map[torch.DType]bool{torch.Float32: want, torch.BFloat16: want, torch.Float64: false} {
		if got := torch.Values("bcl::has_batch_norm_kernels", dtype)[0].(bool); got != want {
			t.Errorf("%v: %v, want %v", dtype, got, want)
		}
	}
}

// The same with AVX2 only, and where the kernels are turned off.
func TestBatchNormActOfOtherMachines(t *testing.T) {
	for _, env := range []string{"ATEN_CPU_CAPABILITY=avx2", "ATEN_CPU_CAPABILITY=default", "BCL_FUSED_BATCH_NORM=0"} {
		cmd := exec.Command(os.Args[0], "-test.run=^TestBatchNormAct(HasKernels|OfLargeTensors)?$", "-test.count=1")
		cmd.Env = append(os.Environ(), env)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%.2000s", env, err, out)
		}
	}
}
