parser.add_argument("--width",
    type=int,  # @nni.choice(8, 16)
    default=8)
# black
parser.add_argument("--width", type=int, default=8)  # @nni.choice(8, 16)
# ruff
parser.add_argument(
    "--width",
    type=int,  # @nni.choice(8, 16)
    default=8,
)
# means
# written: NNI108
# black: width/choice for 8
# ruff: NNI108
