package eval_test

import (
	"context"
	"fmt"

	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/eval"
	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/bcl/protocol"
	"github.com/bcl-go/bcl/bcl/score"
	"github.com/bcl-go/bcl/torch"
)

// The embedded images through a network that was never trained, with the nearest
// neighbours of 10 images per class. Chance is 10 %.
func ExampleSuite() {
	place, err := dataset.Open(dataset.Embedded, dataset.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	counts, _ := dataset.Counts(place.Train)
	groups, err := score.ByThirds(counts)
	if err != nil {
		fmt.Println(err)
		return
	}
	shots, err := protocol.Shots(place.Probe, nil, 10, 2)
	if err != nil {
		fmt.Println(err)
		return
	}
	suite := eval.NewSuite(place.Probe, place.Test, groups, 32)
	suite.Protocols = []protocol.Protocol{shots}
	suite.Classifiers = []eval.Classifier{&eval.KNN{K: 10, Temperature: 0.07}}
	err = torch.Do(func() error {
		if err := torch.ManualSeed(1); err != nil {
			return err
		}
		net := model.NewSimCLR(model.Config{Arch: "resnet10", Stem: model.CIFARStem, Width: 4, Classes: 10})
		results, err := suite.Measure(context.Background(), eval.Encoder{Net: net.Encoder()})
		for _, r := range results {
			fmt.Printf("%s %s: %d images, %d subsets, above chance: %v\n", r.Protocol, r.Classifier, r.Images, len(r.Subsets), r.Accuracy.Top1 > 10)
		}
		return err
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// 10-shot knn: 100 images, 2 subsets, above chance: true
}
