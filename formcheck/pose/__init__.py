"""Pictures to `Poses`: the pose models, the person they follow, the trunk in the mask, the ball."""
