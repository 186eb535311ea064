package report

// Features are what the network makes of some samples.
type Features struct{}

func (r *Run) collapsed() Verdict {
	v := Verdict{Unknown, "Did the features collapse?", "Not known", "That takes the network and images: bcl-report measures it. A total collapse would hold the loss at its chance value."}
	return v
}
