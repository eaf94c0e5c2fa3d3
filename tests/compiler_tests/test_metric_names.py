"""What the names of metrics say of the direction of a search."""

import pytest

from nnic.compile.compile_program import compile_program
from nnic.compile.direction import find_doubt, speaks_for_large

HEAD = "lr = 0.5  # @nni.uniform(0.1, 1)\n"


@pytest.fixture
def compiled(tmp_path):
    def make(body):
        (tmp_path / "train.py").write_text(HEAD + body)
        return compile_program(tmp_path / "train.py")

    return make


@pytest.mark.parametrize(
    "metric",
    [
        "loss",
        "val_loss",
        "best_val_loss.item()",
        "testLoss",
        "float(np.mean(losses))",
        "history['val_loss'][-1]",
        "result.rmse",
        "rmse",
        "mean_absolute_error(y, p)",
        "mean_squared_error(y, p)",
        "evaluate_error()",
        "error_rate",
        "wer",
        "perplexity",
        "cross_entropy",
        "log_loss(y, p)",
        "brier_score",
        "{'default': loss, 'accuracy': acc}",
        "min(val_losses)",
        "self.val_mse_avg",
        "trainer.callback_metrics['val_loss']",
        "metrics['eval/loss']",
    ],
)
def test_a_metric_whose_name_says_that_less_is_better(compiled, metric):
    found = compiled(f"y = p = 0\n# @nni.report_final_result({metric})\n")
    doubt = find_doubt(found)
    assert doubt is not None
    assert (doubt.code, doubt.line) == ("NNI211", 3)
    assert not speaks_for_large(found)


@pytest.mark.parametrize(
    "metric",
    [
        "-loss",
        "1 - error",
        "1 / loss",
        "accuracy",
        "neg_mean_squared_error",
        "negative_log_loss",
        "score",
        "loss_scale",
        "error_free_runs",
        "lossless_ratio",
        "loss_reduction",
        "one_minus_error",
        "inverse_rmse",
        "cross_val_score(m, x, y, scoring='neg_mean_squared_error').mean()",
        "value",
        "evaluate(model)",
        "best",
        "{'default': acc, 'loss': loss}",
        "glossary",
        "terror_index",
        "0.5",
    ],
)
def test_false_alarms(compiled, metric):
    assert find_doubt(compiled(f"y = p = 0\n# @nni.report_final_result({metric})\n")) is None


@pytest.mark.parametrize("value", ["-criterion(x)", "1 - wrong / n", "1.0 / total"])
def test_a_variable_that_holds_the_negated_value(compiled, value):
    assert find_doubt(compiled(f"loss = {value}\n# @nni.report_final_result(loss)\n")) is None
    both = f"loss = {value}\nloss = loss + 1\n# @nni.report_final_result(loss)\n"
    assert find_doubt(compiled(both)) is not None


def test_the_final_result_decides(compiled):
    trains = "loss = accuracy = 0\n# @nni.report_intermediate_result(loss)\n"
    assert find_doubt(compiled(trains + "# @nni.report_final_result(accuracy)\n")) is None
    assert find_doubt(compiled(trains + "# @nni.report_final_result(loss)\n")) is not None
    found = compiled(trains + "# @nni.report_final_result(lr)\n")
    assert find_doubt(found) is not None  # no other name says anything


def test_calls_of_the_interface_and_other_files_count(compiled, tmp_path):
    (tmp_path / "evaluation.py").write_text(
        "import nni\ndef tell(rmse):\n    nni.report_final_result(rmse)\n"
    )
    doubt = find_doubt(compiled("import evaluation\nevaluation.tell(lr)\n"))
    assert doubt is not None
    assert doubt.path.endswith("evaluation.py")


def test_a_suppressed_finding_is_no_doubt(compiled):
    text = "loss = lr\n# @nni.report_final_result(loss)  # nnic: ignore[NNI211]\n"
    assert find_doubt(compiled(text)) is None
