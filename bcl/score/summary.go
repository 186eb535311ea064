package score

// Spread is the standard deviation of an accuracy over the subsets of a protocol,
// as of a sample of all possible subsets (n - 1 in the denominator).
type Spread struct {
	Top1   float64    `json:"top1"`
	Top5   float64    `json:"top5"`
	Groups [3]Percent `json:"groups"`
	Std    Percent    `json:"std"`
}

// Mean returns the elementwise mean of accuracies on the same test images, and their
// spread, nil for a single one.
func Mean(of []Accuracy) (Accuracy, *Spread) {
	if len(of) == 1 {
		return of[0], nil
	}
	var m Accuracy
	var s Spread
	each := func(get func(a *Accuracy) Percent) (Percent, float64) {
		values := make([]Percent, len(of))
		for i := range of {
			values[i] = get(&of[i])
		}
		return average(values), deviation(values, 1)
	}
	number := func(get func(a *Accuracy) float64) (float64, float64) {
		m, s := each(func(a *Accuracy) Percent { return Percent(get(a)) })
		return float64(m), s
	}
	m.Top1, s.Top1 = number(func(a *Accuracy) float64 { return a.Top1 })
	m.Top5, s.Top5 = number(func(a *Accuracy) float64 { return a.Top5 })
	maybe := func(get func(a *Accuracy) Percent) (Percent, Percent) {
		m, s := each(get)
		if !m.Known() {
			return m, None()
		}
		return m, Percent(s)
	}
	m.Std, s.Std = maybe(func(a *Accuracy) Percent { return a.Std })
	for g := range m.Groups {
		m.Groups[g], s.Groups[g] = maybe(func(a *Accuracy) Percent { return a.Groups[g] })
	}
	for _, get := range []func(a *Accuracy) *Percent{
		func(a *Accuracy) *Percent { return &a.ClassStd },
		func(a *Accuracy) *Percent { return &a.WorstThird },
		func(a *Accuracy) *Percent { return &a.Harmonic },
	} {
		*get(&m), _ = each(func(a *Accuracy) Percent { return *get(a) })
	}
	m.PerClass = make([]Percent, len(of[0].PerClass))
	for c := range m.PerClass {
		m.PerClass[c], _ = each(func(a *Accuracy) Percent { return a.PerClass[c] })
	}
	return m, &s
}
