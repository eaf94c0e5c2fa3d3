"""The words in names of metrics that tell which direction is better."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


SMALL_IS_GOOD = _words(
    "loss losses error errors err mse rmse mae mape smape rmsle msle mad nll perplexity ppl wer cer "
    "ter fid brier logloss crossentropy regret cost costs divergence deviation residual bpc bpd "
    "latency eer "
)
SMALL_PAIRS = frozenset({("cross", "entropy"), ("log", "loss"), ("brier", "score"), ("fid", "score")})
LARGE_IS_GOOD = _words("accuracy acc auc auroc f1")
# These say enough for a search that maximizes anyway, and too little to warn of one that minimizes.
LARGE_PERHAPS = LARGE_IS_GOOD | _words(
    "score scores reward rewards precision recall r2 map iou miou dice bleu rouge psnr ssim ndcg mrr "
    "kappa mcc sharpe likelihood correlation hits "
)
# Words that say which value of a metric it is, not what the metric is.
QUALIFIERS = _words(
    "mean avg average total sum final best last min max val valid validation test eval dev train "
    "rate value epoch batch step now item all cv fold folds per smoothed smooth ema list "
)
# A name with one of these is that of a value that was turned round.
TURNED = _words("neg negative minus inverse inv inverted one complement reduction improvement gain")
