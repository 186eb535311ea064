package rgb

// ImageNetMean and ImageNetStd are the mean and standard deviation of each channel of
// ImageNet, in units of 1, by which the method normalises its input.
var (
	ImageNetMean = [3]float32{0.485, 0.456, 0.406}
	ImageNetStd  = [3]float32{0.229, 0.224, 0.225}
)
