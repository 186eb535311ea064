package torch_test

import (
	"fmt"
	"testing"

	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/torchtest"
)

// Every operator that has a method or function, compared with PyTorch's result. Names as
// in testdata/make_goldens.py.
func TestOperatorsArePyTorchs(t *testing.T) {
	g := torchtest.Open(t, "testdata/goldens.safetensors")
	do(t, func() {
		in := func(name string) torch.Tensor { return g.Tensor("in/" + name) }
		a, b, m, img, w, wb := in("a"), in("b"), in("m"), in("img"), in("w"), in("wb")
		mean, variance := in("mean"), in("var")
		mask, places, index, target := in("mask"), in("places"), in("index"), in("target")
		none := torch.Tensor{}
		for name, got := range map[string]torch.Tensor{
			"add": a.Add(b), "sub": a.Sub(b), "mul": a.Mul(b), "div": a.Div(b),
			"add_scalar": a.AddScalar(1.5), "mul_scalar": a.MulScalar(-2.5), "div_scalar": a.DivScalar(3),
			"add_": a.Clone().Add_(b, 0.5), "mul_": a.Clone().Mul_(b), "mul_scalar_": a.Clone().MulScalar_(3),
			"copy_": a.Clone().Copy_(b), "zero_": a.Clone().Zero_(), "fill_": a.Clone().Fill_(2.5),
			"neg": a.Neg(), "abs": a.Abs(), "exp": a.Exp(), "log": a.Abs().Log(), "sqrt": a.Abs().Sqrt(),
			"square": a.Square(), "pow": a.Abs().Pow(1.5), "clamp_min": a.ClampMin(0.2),
			"eq": a.Eq(torch.Where(mask, a, b)), "ge": a.Ge(b), "gt_scalar": a.GtScalar(0.1),
			"logical_not": mask.LogicalNot(), "isfinite": in("special").IsFinite(),
			"masked_fill": a.MaskedFill(mask, -7), "where": torch.Where(mask, a, b),
			"matmul": img.Matmul(torch.Ones([]int64{6, 2})), "mm": a.Mm(m),

			"sum": a.Sum(), "sum_dim": img.SumDim([]int64{0, 2}, true), "mean_all": a.Mean(),
			"mean_dim": img.MeanDim([]int64{1}, false), "std": a.Std(true), "std_biased": a.Std(false),
			"max": a.Max(), "min": a.Min(), "all": mask.All(), "any": mask.Any(), "norm": a.Norm(),
			"logsumexp": a.LogSumExp(1, true), "argmax": a.ArgMax(1),

			"view": a.View(2, -1), "reshape": img.Permute(1, 0, 2, 3).Reshape(8, 36), "flatten": img.Flatten(1),
			"permute": img.Permute(0, 2, 3, 1), "t": a.T(), "transpose": img.Transpose(1, 3),
			"unsqueeze": a.Unsqueeze(1), "squeeze": a.Unsqueeze(1).Squeeze(1), "expand": a.Unsqueeze(0).Expand(2, -1, -1),
			"narrow": a.Narrow(1, 1, 2), "select": a.Select(1, 2), "index_select": a.IndexSelect(0, places),
			"index":      img.Index(torch.FromSlice([]int64{1, 0}), target.Narrow(0, 0, 2)),
			"index_mask": a.Index(mask), "gather": a.Gather(1, index),
			"index_copy_":  a.Clone().IndexCopy_(0, places, b.Narrow(0, 0, 2)),
			"scatter_add_": a.Clone().ScatterAdd_(1, index, b.Narrow(1, 0, 3)),
			"cat":          torch.Cat([]torch.Tensor{a, b}, 1), "stack": torch.Stack([]torch.Tensor{a, b}, 1),
			"diagonal": a.Diagonal(1), "to": a.MulScalar(10).To(torch.Int32), "eye": torch.Eye(3),
			"arange": torch.Arange(-2, 5), "full": torch.Full([]int64{2, 2}, 1.5),

			"conv2d":         torch.Conv2d(img, w, wb, torch.Conv2dOptions{Stride: 2, Padding: 1, Groups: 2}),
			"conv2d_dilated": torch.Conv2d(img, w, none, torch.Conv2dOptions{Padding: 2, Dilation: 2, Groups: 2}),
			"linear":         torch.Linear(a, in("lw"), in("lb")), "linear_no_bias": torch.Linear(a, in("lw"), none),
			"batch_norm_eval": torch.BatchNorm(img, in("gamma"), in("beta"), mean.Clone(), variance.Clone(), false, 0.1, 1e-5),
			"batch_norm":      torch.BatchNorm(img, in("gamma"), in("beta"), mean, variance, true, 0.1, 1e-5),
			"running/0":       mean, "running/1": variance,
			"relu": a.ReLU(), "relu_": a.Clone().ReLU_(), "max_pool2d": torch.MaxPool2d(img, 3, 2, 1),
			"avg_pool2d": torch.AvgPool2d(img, 3, 2), "adaptive_avg_pool2d": torch.AdaptiveAvgPool2d(img, 2, 3),
			"dropout_eval": torch.Dropout(a, 0.5, false), "normalize": a.Normalize(1, 1e-12),
			"softmax": a.Softmax(1), "log_softmax": a.LogSoftmax(0),
			"cross_entropy":      torch.CrossEntropy(a, target, torch.ReduceMean),
			"cross_entropy_sum":  torch.CrossEntropy(a, target, torch.ReduceSum),
			"cross_entropy_none": torch.CrossEntropy(a, target, torch.ReduceNone),
			"nll_loss":           torch.NLLLoss(a, target, torch.ReduceMean), "mse_loss": torch.MSELoss(a, b, torch.ReduceMean),
		} {
			g.Near("op/"+name, got, 2e-6)
		}
		pairs := func(name string, v, at torch.Tensor) {
			g.Near(fmt.Sprintf("op/%s/0", name), v, 0)
			g.Same(fmt.Sprintf("op/%s/1", name), at)
		}
		v, at := a.TopK(2, 1, true)
		pairs("topk", v, at)
		v, at = a.TopK(3, 0, false)
		pairs("topk_smallest", v, at)
		v, at = a.Sort(1, true)
		pairs("sort", v, at)
		v, at = a.KthValue(2, 1)
		pairs("kthvalue", v, at)
	})
	g.Unused("op/")
	g.Unused("in/")
}

// The in-place operators change their tensor, the others do not.
func TestInPlace(t *testing.T) {
	do(t, func() {
		x := torch.Full([]int64{2}, -2)
		for name, f := range map[string]func(torch.Tensor) torch.Tensor{
			"ReLU_": torch.Tensor.ReLU_, "Zero_": torch.Tensor.Zero_,
			"Fill_":      func(t torch.Tensor) torch.Tensor { return t.Fill_(0) },
			"MulScalar_": func(t torch.Tensor) torch.Tensor { return t.MulScalar_(0) },
			"IndexCopy_": func(t torch.Tensor) torch.Tensor { return t.IndexCopy_(0, torch.Arange(0, 2), torch.Zeros([]int64{2})) },
			"ScatterAdd_": func(t torch.Tensor) torch.Tensor {
				return t.ScatterAdd_(0, torch.Arange(0, 2), torch.Full([]int64{2}, 2))
			},
		} {
			y := x.Clone()
			if r := f(y); r != y {
				t.Errorf("%s returns another tensor", name)
			}
			if torch.Item[float64](y.Abs().Sum()) != 0 {
				t.Errorf("%s: the tensor is %v", name, y)
			}
		}
		x.ReLU()
		x.Add(x)
		if v := torch.Item[float64](x.Sum()); v != -4 {
			t.Errorf("operators changed their argument to %v", x)
		}
	})
}

func TestEqual(t *testing.T) {
	do(t, func() {
		a := torch.Arange(0, 6)
		for name, c := range map[string]struct {
			b    torch.Tensor
			want bool
		}{
			"same":      {torch.Arange(0, 6), true},
			"value":     {torch.Arange(1, 7), false},
			"dimension": {a.View(2, 3), false},
			"size":      {torch.Arange(0, 5), false},
		} {
			if a.Equal(c.b) != c.want {
				t.Errorf("%s: Equal is %v", name, !c.want)
			}
		}
		if !torch.Empty([]int64{0, 2}).Equal(torch.Empty([]int64{0, 2})) || torch.Empty([]int64{0, 2}).Equal(torch.Empty([]int64{0, 3})) {
			t.Error("Equal of empty tensors")
		}
	})
}
