package device

import (
	"fmt"
	"time"

	"github.com/bcl-go/bcl/torch"
)

// Names of precisions, the flag --precision.
const (
	FP32 = "fp32"
	BF16 = "bf16"
)

// Precision returns the faster of fp32 and bf16 on a device, and why: bf16 on GPUs of compute
// capability 8 or more; on a CPU, where it depends on the processor, what a convolution of a
// moment measures, with at least a tenth to gain.
func Precision(d torch.Device) (name, why string, err error) {
	if d.IsCUDA() {
		major, minor, err := d.Capability()
		if err != nil {
			return "", "", err
		}
		why = fmt.Sprintf("compute capability %d.%d", major, minor)
		if major >= 8 {
			return BF16, why, nil
		}
		return FP32, why, nil
	}
	plain, err := convolve(func(f func()) { f() })
	if err != nil {
		return "", "", err
	}
	short, err := convolve(func(f func()) { torch.Autocast(torch.CPU, torch.BFloat16, f) })
	if err != nil {
		return "", "", err
	}
	why = fmt.Sprintf("a convolution with its gradients takes %.1f ms in fp32, %.1f ms in bf16", 1e3*plain.Seconds(), 1e3*short.Seconds())
	if 10*short < 9*plain {
		return BF16, why, nil
	}
	return FP32, why, nil
}

// convolve returns the shortest time of a convolution as in a ResNet's first stage, forward
// and backward.
func convolve(with func(f func())) (least time.Duration, err error) {
	err = torch.Do(func() error {
		x := torch.Ones([]int64{32, 64, 32, 32}).ToFormat(torch.ChannelsLast)
		w := torch.Ones([]int64{64, 64, 3, 3}).ToFormat(torch.ChannelsLast).SetRequiresGrad(true)
		for i := range 6 {
			start := time.Now()
			err := torch.Do(func() error {
				with(func() { torch.Conv2d(x, w, torch.Tensor{}, torch.Conv2dOptions{Padding: 1}).Sum().Backward() })
				return nil
			})
			if err != nil {
				return err
			}
			if took := time.Since(start); i == 1 || i > 1 && took < least { // the first prepares
				least = took
			}
		}
		return nil
	})
	return least, err
}
