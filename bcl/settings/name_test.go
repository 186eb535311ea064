package settings

import "testing"

func TestNormalize(t *testing.T) {
	for name, want := range map[string]string{
		"train-split": "train-split", "train_split": "train-split", "trainSplit": "train-split", "Train_Split": "train-split",
		"test_100shot": "test-100shot", "LR": "lr", "numGPUs": "num-gpus", "größe": "größe", "": "",
	} {
		if got := Normalize(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}
