"""Pictures to `Poses`: the pose models, whom they follow, the trunk in the mask, the ball."""
