parser.add_argument("--lr", type=float)  # @nni.choice(1, 2)  # E: NNI108 44-61 of an option its default is searched, and this one has none
parser.add_argument(
    "--lr",
    type=float,  # @nni.choice(1, 2)  # E: NNI108 20-37 of an option its default is searched, and this one has none
)
parser.add_argument("--lr", type=float, default=1)  # @nni.choice(1, 2)
parser.add_argument("--lr", type=float)  # @nni.choice(int, float, name=type)
parser.add_argument(
    "--lr",
    # @nni.choice(1, 2)  # E: NNI112 7-24 two values are called lr, which would be one parameter
    type=float,
    default=1,
)
