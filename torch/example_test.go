package torch_test

import (
	"errors"
	"fmt"

	"github.com/bcl-go/bcl/torch"
)

// A line is fitted to points by gradient descent. The weights live in the outer scope; a
// step's tensors are freed at its end.
func Example() {
	err := torch.Do(func() error {
		x := torch.FromSlice([]float32{0, 1, 2, 3})
		y := torch.FromSlice([]float32{1, 3, 5, 7}) // 2x + 1
		w := torch.Zeros(nil).SetRequiresGrad(true)
		b := torch.Zeros(nil).SetRequiresGrad(true)
		for range 500 {
			err := torch.Do(func() error {
				loss := torch.MSELoss(x.Mul(w).Add(b), y, torch.ReduceMean)
				loss.Backward()
				torch.NoGrad(func() {
					w.Add_(w.Grad(), -0.1)
					b.Add_(b.Grad(), -0.1)
				})
				w.SetGrad(torch.Tensor{})
				b.SetGrad(torch.Tensor{})
				return nil
			})
			if err != nil {
				return err
			}
		}
		fmt.Printf("y = %.2f x + %.2f\n", torch.Item[float64](w), torch.Item[float64](b))
		return nil
	})
	fmt.Println(err, torch.LiveTensors(), "tensors left")
	// Output:
	// y = 2.00 x + 1.00
	// <nil> 0 tensors left
}

// A failing operator ends the enclosing Do, which returns libtorch's message.
func ExampleDo_error() {
	err := torch.Do(func() error {
		a := torch.Ones([]int64{2, 3})
		fmt.Println(a.Mm(a))
		return nil
	})
	var failed *torch.Error
	fmt.Println(errors.As(err, &failed), err)
	// Output: true mm: mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)
}

// Tensors that With returns live on in the enclosing scope; x is freed with the inner
// one.
func ExampleWith() {
	torch.Do(func() error {
		sum, err := torch.With(func() (torch.Tensor, error) {
			x := torch.Arange(1, 5)
			return x.Mul(x).Sum(), nil
		})
		if err == nil {
			fmt.Println(torch.Item[int64](sum))
		}
		return err
	})
	// Output: 30
}

// Keep moves a tensor to any open scope, here two levels up.
func ExampleScope_Keep() {
	torch.DoScope(func(outer *torch.Scope) error {
		var best torch.Tensor
		err := torch.Do(func() error {
			return torch.Do(func() error {
				best = torch.Arange(0, 9).Max()
				outer.Keep(best)
				return nil
			})
		})
		if err == nil {
			fmt.Println(torch.Item[int64](best))
		}
		return err
	})
	// Output: 8
}

// Item returns an element unchanged, or an error if T cannot represent it.
func ExampleItem() {
	err := torch.Do(func() error {
		n := torch.Scalar[int64](1<<53 + 1)
		fmt.Println(torch.Item[int64](n))
		fmt.Println(torch.Item[float64](n))
		return nil
	})
	fmt.Println(err)
	// Output:
	// 9007199254740993
	// item: the value 9007199254740993 of type int64 is not a float64
}

// Call reaches the operators that have no method.
func ExampleCall() {
	torch.Do(func() error {
		x := torch.FromSlice([]float32{1, 2, 3, 4})
		fmt.Println(torch.Slice[float32](torch.Call("cumsum", x, 0)[0]))
		return nil
	})
	// Output: [1 3 6 10]
}
