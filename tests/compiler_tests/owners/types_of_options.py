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
# written: width/choice for 8
# black: width/choice for 8
# ruff: width/choice for 8
