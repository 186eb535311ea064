package main

import (
	"fmt"

	"github.com/bcl-go/bcl/bcl/loss"
	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/torch"
	"github.com/bcl-go/bcl/torch/nn"
	"github.com/bcl-go/bcl/torch/optim"
)

// train does what peer.py does and passes the results to add.
func train(o options, add func(name string, x torch.Tensor)) error {
	if err := torch.SetNumThreads(o.Threads); err != nil {
		return err
	}
	if err := torch.ManualSeed(10); err != nil {
		return err
	}
	net := model.NewSimCLR(model.Config{Arch: o.Arch, Stem: o.Stem, Width: o.Width, Classes: 100})
	pixels := torch.Randint(0, 256, []int64{2 * int64(o.Samples), 32, 32, 3}).To(torch.Uint8)
	state := func(kind string) {
		for _, s := range nn.StateDict(net) {
			add(kind+s.Name, s.Tensor)
		}
	}
	state("initial/")
	x := model.FromPixels(pixels, torch.CPU)
	if o.ChannelsLast {
		nn.ToChannelsLast(net)
	} else {
		x = x.ToFormat(torch.ContiguousFormat)
	}
	opt := optim.NewSGD(nn.Parameters(net), 0, 0.9, 5e-4)
	schedule := optim.WarmupCosine{Base: 0.5, Min: 1e-6, Warmup: o.Warmup, Total: 200 * o.Warmup}
	for step := 1; step <= o.Steps; step++ {
		err := torch.Do(func() error {
			opt.LR = schedule.At(step)
			z := net.Forward(x)
			z1, z2 := loss.Interleaved(z)
			losses := loss.NTXent(z1, z2, 0.2)
			opt.ZeroGrad()
			losses.Mean().Backward()
			if step == 1 || step == o.Steps {
				add(fmt.Sprintf("projections/%d", step), z)
				for _, p := range nn.NamedParameters(net) {
					add(fmt.Sprintf("grad/%d/%s", step, p.Name), p.Tensor.Grad())
				}
			}
			add(fmt.Sprintf("losses/%d", step), losses)
			opt.Step()
			if step == 1 || step == o.Steps {
				state(fmt.Sprintf("weight/%d/", step))
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	nn.Eval(net)
	torch.NoGrad(func() { add("features", net.Backbone.Forward(x)) })
	return nil
}
