package synth

import "testing"

func BenchmarkDraw(b *testing.B) {
	m := Default.Part(Train)
	for i := 0; b.Loop(); i++ {
		m.drawn[i%m.Len()].Store(nil)
		m.Image(i % m.Len())
	}
}
