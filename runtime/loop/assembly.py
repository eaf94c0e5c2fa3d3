"""Puts the parts of the loop together."""

from __future__ import annotations

from nnic.runtime.clock import Clock
from nnic.runtime.config import RunConfig
from nnic.runtime.devices.admission import Admission
from nnic.runtime.launchers.base import Launcher
from nnic.runtime.loop.collector import Collector
from nnic.runtime.loop.dispatcher import Dispatcher
from nnic.runtime.loop.earlier import Earlier
from nnic.runtime.loop.effects import Effects
from nnic.runtime.loop.ending import TrialEnder
from nnic.runtime.loop.event_recorder import EventRecorder
from nnic.runtime.loop.experiment import Experiment
from nnic.runtime.loop.limits import Limits
from nnic.runtime.loop.observer import Observer
from nnic.runtime.loop.request_handler import RequestHandler
from nnic.runtime.loop.starting import AttemptStarter
from nnic.runtime.loop.trial_table import TrialTable
from nnic.runtime.loop.tuner_gateway import TunerGateway
from nnic.runtime.store.event_log import EventLog
from nnic.runtime.store.protocol import ExperimentStore
from nnic.tuners.protocol import Problem


def make_experiment(
    config: RunConfig,
    problem: Problem,
    gateway: TunerGateway,
    launcher: Launcher,
    store: ExperimentStore,
    clock: Clock,
    observer: Observer,
    event_log: EventLog,
    trial_table: TrialTable,
    admission: Admission | None = None,
    earlier: Earlier | None = None,
) -> Experiment:
    """Make the loop of one session.

    Parameters
    ----------
    store
        Opened for the experiment.
    event_log
        The log so far, whose history ``gateway`` has too.
    trial_table
        The trials so far, over ``store``.
    admission
        Gives trials what they run on; ``None`` for a run that uses no GPU.
    earlier
        ``None`` for the first session.
    """
    before = earlier or Earlier()
    admission = admission or Admission()
    space, effects = problem.space, Effects()
    limits = Limits(config, clock, before.elapsed_s)
    ender = TrialEnder(trial_table, launcher, clock, effects, config.grace_s, config.stop_grace_s)
    recorder = EventRecorder(
        space=space,
        maximize=config.maximize,
        trial_table=trial_table,
        event_log=event_log,
        gateway=gateway,
        ender=ender,
        store=store,
        observer=observer,
        effects=effects,
        tuner_waits=before.tuner_waits,
    )
    starter = AttemptStarter(
        trial_table=trial_table,
        recorder=recorder,
        admission=admission,
        launcher=launcher,
        clock=clock,
        observer=observer,
        effects=effects,
        judges=gateway.stops,
    )
    dispatcher = Dispatcher(
        limits=limits,
        space=space,
        trial_table=trial_table,
        event_log=event_log,
        gateway=gateway,
        admission=admission,
        recorder=recorder,
        starter=starter,
        store=store,
        clock=clock,
        observer=observer,
        effects=effects,
        exhausted=before.exhausted,
    )
    collector = Collector(
        limits=limits,
        space=space,
        trial_table=trial_table,
        recorder=recorder,
        ender=ender,
        admission=admission,
        launcher=launcher,
        store=store,
        clock=clock,
        observer=observer,
        effects=effects,
    )
    request_handler = RequestHandler(
        limits=limits,
        problem=problem,
        trial_table=trial_table,
        event_log=event_log,
        recorder=recorder,
        ender=ender,
        store=store,
        observer=observer,
        effects=effects,
    )
    return Experiment(
        space=space,
        trial_table=trial_table,
        limits=limits,
        dispatcher=dispatcher,
        collector=collector,
        request_handler=request_handler,
        recorder=recorder,
        ender=ender,
        effects=effects,
        gateway=gateway,
        admission=admission,
        launcher=launcher,
        store=store,
        clock=clock,
        observer=observer,
        earlier=earlier,
    )
