// Package cuda is torch.cuda: streams, events and graphs of a GPU, and pinned memory.
//
//	s, err := cuda.NewStream(device)
//	err = s.Use(func() error {             // with torch.cuda.stream(s)
//		step()                         // a few times, as a warm-up
//		err := graph.Capture(step)     // with torch.cuda.graph(g)
//		...
//		return graph.Replay()
//	})
//
// Events, graphs and pinned memory belong to the scope ([torch.Do]) that they are made in, like tensors.
//
// On the CPU operators end before they return. There streams and events do nothing, and a
// graph calls its function again, so that code written for both can be tested without a GPU.
//
// Reading order: stream.go, event.go, graph.go, pinned.go.
package cuda
