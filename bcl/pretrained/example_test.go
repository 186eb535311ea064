package pretrained_test

import (
	"fmt"
	"log"

	"github.com/bcl-go/bcl/bcl/ckpt"
	"github.com/bcl-go/bcl/bcl/pretrained"
	"github.com/bcl-go/bcl/torch"
)

// A torchvision network, whose file does not include the normalisation of its input.
func ExampleLoad() {
	f, err := ckpt.Open("resnet18.pth")
	if err != nil {
		log.Fatal(err)
	}
	defer f.Close()
	state, _, _, err := f.State("")
	if err != nil {
		log.Fatal(err)
	}
	backbone, err := ckpt.BackboneOf(state, ckpt.BackboneOptions{})
	if err != nil {
		log.Fatal(err)
	}
	imagenet := pretrained.Normalize{Mean: [3]float32{.485, .456, .406}, Std: [3]float32{.229, .224, .225}}
	err = torch.Do(func() error {
		net, err := pretrained.Load(backbone, imagenet)
		if err != nil {
			return err
		}
		torch.NoGrad(func() { fmt.Println(net.Forward(torch.Ones([]int64{1, 3, 224, 224})).Shape()) })
		return nil
	})
	if err != nil {
		log.Fatal(err)
	}
}
