parser.add_argument("--lr", type=float)  # @nni.choice(1, 2)  # E: NNI108 44-61 of an option only its default is searched, and there is none here
parser.add_argument(
    "--lr",
    type=float,  # @nni.choice(1, 2)  # E: NNI108 20-37 of an option only its default is searched, and there is none here
    default=1,
    # @nni.choice(1, 2)  # E: NNI108 7-24 of an option only its default is searched, and there is none here
    help="rate",
)
parser.add_argument("--lr", type=float, default=0.1)  # @nni.choice(1, 2)  # W: NNI202 69-73 the script's own value 0.1 is not among the options
parser.add_argument("--lr", type=float)  # @nni.choice(int, float, name=type)
