"""The stick person: exercises as landmarks with exact truth, kinematic and without a picture.

    clip = film(glute_bridge(Tempo(reps=3)), Camera(yaw=60), noise=1, seed=1)
    clip.poses    # Poses
    clip.truth    # the reps: exercise, side, start_s, peak_s, end_s, hold_s

An `Act` is a motion in continuous time, so it can be filmed at any frame rate or at any times; `then` joins acts.
"""

from benchmarks.ramp import smooth
from benchmarks.stick.acts import BRISK, STEADY, Act, Tempo, stay, then
from benchmarks.stick.camera import Camera, film
from benchmarks.stick.exercises import (
    EXERCISES,
    ON_BACK,
    STRAIGHT_LEGS,
    ball_bridge,
    glute_bridge,
    kneeling_lunge,
    leg_lift,
    lift_degrees,
    lying,
    sit_ups,
    standing,
    workout,
)
from benchmarks.stick.negatives import AMBIGUOUS, NEGATIVES, lie_still, push_ups, squats
from benchmarks.stick.postures import POSTURES, hip_flexor_stretch, plank, rest_knees_together, rest_legs_on_chair
from benchmarks.stick.skeleton import (
    FOREARM,
    HALF_SHOULDERS,
    LYING,
    SHIN,
    THIGH,
    TRUNK,
    UPPER_ARM,
    Angles,
    Body,
    body,
    points,
    reach,
)

__all__ = [
    "AMBIGUOUS",
    "BRISK",
    "EXERCISES",
    "FOREARM",
    "HALF_SHOULDERS",
    "LYING",
    "NEGATIVES",
    "ON_BACK",
    "POSTURES",
    "SHIN",
    "STEADY",
    "STRAIGHT_LEGS",
    "THIGH",
    "TRUNK",
    "UPPER_ARM",
    "Act",
    "Angles",
    "Body",
    "Camera",
    "Tempo",
    "ball_bridge",
    "body",
    "film",
    "glute_bridge",
    "hip_flexor_stretch",
    "kneeling_lunge",
    "leg_lift",
    "lie_still",
    "lift_degrees",
    "lying",
    "plank",
    "points",
    "push_ups",
    "reach",
    "rest_knees_together",
    "rest_legs_on_chair",
    "sit_ups",
    "smooth",
    "squats",
    "standing",
    "stay",
    "then",
    "workout",
]
