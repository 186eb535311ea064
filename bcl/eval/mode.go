package eval

import "github.com/bcl-go/bcl/torch/nn"

// evaluating puts a network into evaluation mode and returns a function that puts
// each of its modules back into the mode it was in.
func evaluating(net nn.Module) (restore func()) {
	var modules []nn.Module
	var training []bool
	nn.Walk(net, func(_ string, m nn.Module) {
		modules, training = append(modules, m), append(training, nn.IsTraining(m))
	})
	nn.Eval(net)
	return func() {
		// A module comes before its parts, whose mode it sets too.
		for i, m := range modules {
			if training[i] {
				nn.Train(m)
			} else {
				nn.Eval(m)
			}
		}
	}
}
