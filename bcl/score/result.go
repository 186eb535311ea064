package score

// Names of the classifiers that tables and the authors' programs speak of. Package eval
// has all of them.
const (
	Probe = "probe" // the linear probe of the published numbers
	KNN   = "knn"
)

// Result is the accuracy of one classifier by one protocol.
type Result struct {
	Protocol   string   `json:"protocol,omitempty"`
	Classifier string   `json:"classifier"`
	Images     int      `json:"fitted_images"` // of a subset; of the largest if they differ
	Accuracy   Accuracy `json:"accuracy"`      // the mean over the subsets
	// Spread and Subsets are for several subsets; nil for one.
	Spread  *Spread          `json:"spread,omitempty"`
	Subsets []SubsetAccuracy `json:"subsets,omitempty"`
}

// SubsetAccuracy is the accuracy of a classifier fitted on one subset.
type SubsetAccuracy struct {
	Name     string   `json:"name"`
	Accuracy Accuracy `json:"accuracy"`
}
