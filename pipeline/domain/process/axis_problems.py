"""Checks of the axes of a transfer: each needs the attribute that changes along it."""

from collections.abc import Iterator

from pipeline.domain.process.definition import Definition


def axis_problems(process: Definition) -> list[str]:
    """List what is inconsistent about `axis` and `scale.counts_devices`, one sentence each."""
    return [*_stated(process), *_counted(process)]


def _stated(process: Definition) -> Iterator[str]:
    if process.axis is None:
        return
    if not process.axis:
        yield "`axis` is empty; name at least one of scale, site and device, or leave `axis` out"
    if repeated := [axis for axis in dict.fromkeys(process.axis) if process.axis.count(axis) > 1]:
        yield f"`axis` names '{repeated[0]}' twice; name it once"
    if "scale" in process.axis and not process.states_scale:
        yield "`axis` names 'scale', but no `scale` is stated; state it, or leave 'scale' out of `axis`"
    if "site" in process.axis and process.site is None:
        yield "`axis` names 'site', but no `site` is stated; state it, or leave 'site' out of `axis`"
    if "device" in process.axis and process.equipment is None and not process.scale.counts_devices:
        yield (
            "`axis` names 'device', but neither `equipment` nor `scale.counts_devices` is stated; state one of them, or leave "
            "'device' out of `axis`"
        )


def _counted(process: Definition) -> Iterator[str]:
    if not process.scale.counts_devices:
        return
    axis, name = process.axis or (), process.scale.attribute
    if "device" not in axis or "scale" in axis:
        yield (
            "`scale.counts_devices` says that more devices are a transfer along 'device', but `axis` is "
            f"{list(axis) or 'not stated'}; name 'device' and not 'scale' in `axis`"
        )
    size = process.attributes.get(name)
    if not process.states_scale:
        yield "`scale.counts_devices` needs `scale.attribute`, the number of devices of a batch"
    elif size is not None and size.kind == "number" and size.si.dimension != "dimensionless":
        yield f"`scale.counts_devices` needs a number of devices, but '{name}' has the unit '{size.unit}'; use the unit device"
