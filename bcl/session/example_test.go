package session_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/bcl-go/bcl/bcl/augment"
	"github.com/bcl-go/bcl/bcl/dataset"
	"github.com/bcl-go/bcl/bcl/method"
	"github.com/bcl-go/bcl/bcl/model"
	"github.com/bcl-go/bcl/bcl/run"
	"github.com/bcl-go/bcl/bcl/session"
	"github.com/bcl-go/bcl/bcl/train"
	"github.com/bcl-go/bcl/bcl/views"
	"github.com/bcl-go/bcl/torch"
)

// epochs prints a line per epoch.
type epochs struct{}

func (epochs) Observe(_ *session.Session, e session.Event) error {
	if e, ok := e.(session.Epoch); ok {
		fmt.Printf("epoch %d of %d, %d steps\n", e.Metrics.Epoch, e.Epochs, e.Step)
	}
	return nil
}

// Your own program trains in a run folder: the second call resumes the run that the first
// left unfinished.
func Example() {
	tmp, _ := os.MkdirTemp("", "")
	defer os.RemoveAll(tmp)
	embedded, _ := dataset.Open(dataset.Embedded, dataset.Options{})
	images, _ := dataset.Subset(embedded.Train, []int{0, 100, 200, 300, 400, 500, 600, 700})
	c := train.Default(method.BCLI)
	c.Epochs, c.Warmup, c.Batch, c.LR = 3, 1, 4, 0.1
	encoder := model.Config{Arch: "resnet10", Stem: model.CIFARStem, Width: 4, Classes: 100}
	recipe := augment.CIFAR(32).With(augment.Boost{K: c.Method.Traits().RandK, R: augment.MaxMagnitude})
	in := session.Config{
		Dir:       filepath.Join(tmp, "mine"),
		Settings:  []byte("method: bcl-i\n"),
		Data:      run.Data{Fingerprint: dataset.Fingerprint(images), Samples: images.Len()},
		KeepLast:  2,
		Observers: []session.Observer{epochs{}},
	}
	once := func(ctx context.Context) error {
		start, err := session.Find(in)
		if err != nil {
			return err
		}
		return torch.Do(func() error {
			t, err := train.New(c, encoder, views.Images(images, recipe, c.Seed), torch.CPU)
			if err != nil {
				return err
			}
			s, err := session.Open(in, start, t)
			if err != nil {
				return err
			}
			defer s.Close()
			return s.Run(ctx)
		})
	}
	left, cancel := context.WithCancel(context.Background())
	cancel()
	fmt.Println(once(left))
	fmt.Println(once(context.Background()))
	// Output:
	// context canceled
	// epoch 1 of 3, 2 steps
	// epoch 2 of 3, 4 steps
	// epoch 3 of 3, 6 steps
	// <nil>
}
