"""A trial that is stopped early ends as its framework ends a training, and not as a failed one."""

import csv

import pytest

# Stops every trial but trial 0 at its second report.
ASSESSOR = """
    from nnic.tuners.protocol import Decision

    class Second:
        def __init__(self, problem):
            pass

        def assess(self, trial, history):
            return Decision.STOP if len(trial.reports) == 2 else Decision.CONTINUE
"""
RUN = ("run", "train.py", "--trials", "2", "--tuner", "random", "--assessor", "second.py:Second")

LIGHTNING = """
    import os
    import torch
    import lightning as L
    from lightning.pytorch.loggers import CSVLogger

    lr = 0.1  # @nni.loguniform(1e-3, 1)

    class Net(L.LightningModule):
        def __init__(self):
            super().__init__()
            self.layer = torch.nn.Linear(2, 1)

        def training_step(self, batch, index):
            loss = self.layer(batch[0]).pow(2).mean()
            self.log("loss", loss, on_epoch=True, on_step=False)
            return loss

        def on_train_epoch_end(self):
            REPORT

        def configure_optimizers(self):
            return torch.optim.SGD(self.parameters(), lr=lr)

    class Finalized(CSVLogger):
        def finalize(self, status):
            print("finalized", status, self.log_dir, flush=True)
            super().finalize(status)

    if __name__ == "__main__":
        data = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(torch.randn(8, 2)), batch_size=4)
        logger = Finalized(os.environ["NNIC_OUTPUT_DIR"], name="csv", version=0)
        epochs = 2 if "/trials/0/" in os.environ["NNIC_OUTPUT_DIR"] else 50
        trainer = L.Trainer(
            accelerator="cpu", devices=DEVICES, max_epochs=epochs, logger=logger, log_every_n_steps=1,
            enable_checkpointing=False, enable_progress_bar=False, enable_model_summary=False,
        )
        trainer.fit(Net(), data)
        print("rank", trainer.global_rank, "epochs", trainer.current_epoch, flush=True)
        # @nni.report_final_result(lr)
"""
ANNOTATION = "value = self.current_epoch\n            # @nni.report_intermediate_result(value)"
CALL = "import nnic\n            self.trainer.should_stop = nnic.report(self.current_epoch)"


@pytest.mark.needs("lightning")
@pytest.mark.parametrize(
    ("report", "devices"), [(ANNOTATION, 1), (CALL, 1), (ANNOTATION, 2)], ids=["annotation", "call", "ranks"]
)
def test_lightning_stops_by_its_own_flag(project, report, devices):
    project.write("second.py", ASSESSOR)
    project.write("train.py", LIGHTNING.replace("REPORT", report).replace("DEVICES", str(devices)))
    project.nnic(*RUN)
    trial = project.trials()[1]
    assert (trial["status"], trial["metric"]) == ("stopped", None)
    log = project.log(1)
    assert "finalized success" in log
    assert "failed" not in log
    epochs = {int(line.split()[3]) for line in log.splitlines() if line.startswith("rank")}
    assert len(epochs) == 1  # Ranks stop at the same one.
    assert epochs.pop() < 10
    assert log.count("rank ") == devices
    (metrics,) = project.root.glob(".nnic/experiments/*/trials/1/0/output/csv/version_0/metrics.csv")
    with metrics.open() as file:
        assert len(list(csv.DictReader(file))) >= 2


MLFLOW = """
    import os
    import mlflow
    import nnic

    lr = 0.1  # @nni.loguniform(1e-3, 1)
    os.environ["MLFLOW_ALLOW_FILE_STORE"] = "true"
    mlflow.set_tracking_uri("file://" + os.path.abspath("mlruns"))
    with mlflow.start_run() as run:
        for step in range(50 if "/trials/1/" in os.environ["NNIC_OUTPUT_DIR"] else 2):
            mlflow.log_metric("step", step, step=step)
            if nnic.report(step):
                break
    print("status", mlflow.get_run(run.info.run_id).info.status, flush=True)
    nnic.report(lr, final=True)
"""


@pytest.mark.needs("mlflow")
def test_mlflow_marks_a_stopped_run_as_finished(project):
    project.write("second.py", ASSESSOR)
    project.write("train.py", MLFLOW)
    project.nnic(*RUN)
    assert project.trials()[1]["status"] == "stopped"
    assert "status FINISHED" in project.log(1)


TRANSFORMERS = """
    import os
    import torch
    from transformers import Trainer, TrainerCallback, TrainingArguments

    lr = 0.1  # @nni.loguniform(1e-3, 1)

    class Net(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = torch.nn.Linear(2, 1)

        def forward(self, x, labels=None):
            out = self.layer(x)
            return {"loss": out.pow(2).mean(), "logits": out}

    class Report(TrainerCallback):
        def on_epoch_end(self, args, state, control, **more):
            value = state.epoch
            # @nni.report_intermediate_result(value)

    epochs = 2 if "/trials/0/" in os.environ["NNIC_OUTPUT_DIR"] else 50
    arguments = TrainingArguments(
        os.environ["NNIC_OUTPUT_DIR"], num_train_epochs=epochs,
        use_cpu=True, report_to=[], save_strategy="no", learning_rate=lr, disable_tqdm=True,
    )
    data = [{"x": torch.randn(2), "labels": torch.zeros(1)} for _ in range(8)]
    trainer = Trainer(Net(), arguments, train_dataset=data, callbacks=[Report()])
    trainer.train()
    print("epochs", trainer.state.epoch, flush=True)
    # @nni.report_final_result(lr)
"""


@pytest.mark.needs("transformers", "accelerate")
def test_transformers_stops_by_its_control(project):
    project.write("second.py", ASSESSOR)
    project.write("train.py", TRANSFORMERS)
    project.nnic(*RUN)
    trial = project.trials()[1]
    assert (trial["status"], trial["metric"]) == ("stopped", None)
    (line,) = [line for line in project.log(1).splitlines() if line.startswith("epochs")]
    assert float(line.split()[1]) < 10
