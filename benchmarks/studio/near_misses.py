"""The twenty motions of the split `negatives`, and all motions by name that are none of the four exercises."""

from collections.abc import Callable
from typing import Final

from benchmarks.studio import floor_motions as floor
from benchmarks.studio import gym_motions as gym
from benchmarks.studio.actor import Actor
from benchmarks.studio.acts import Act
from benchmarks.studio.negatives import NEGATIVES
from benchmarks.studio.rhythm import Restless

NEAR_MISSES: Final[dict[str, Callable[[Actor, Restless], Act]]] = {
    "flutter_kicks": floor.flutter_kicks,
    "scissors": floor.scissors,
    "dead_bugs": floor.dead_bugs,
    "split_lunges": gym.split_lunges,
    "half_kneeling": gym.half_kneeling,
    "bench_press": gym.bench_press,
    "pull_ups": gym.pull_ups,
    "held_sit_ups": floor.held_sit_ups,
    "crunches": floor.crunches,
    "bicycle_crunches": floor.bicycle_crunches,
    "reverse_crunches": floor.reverse_crunches,
    "side_leg_raises": floor.side_leg_raises,
    "donkey_kicks": floor.donkey_kicks,
    "plank": floor.plank,
    "toe_touches": gym.toe_touches,
    "chair_stands": gym.chair_stands,
    "jumping_jacks": gym.jumping_jacks,
    "down_and_up": gym.down_and_up,
    "squats": NEGATIVES["squats"],
    "front_lunges": NEGATIVES["front_lunges"],
}
"""Motions near to the four exercises, each three times in `negatives`."""

MOTIONS: Final = NEGATIVES | NEAR_MISSES
