"""What the gateway is not asked here, though the document allows it."""

import schemathesis


@schemathesis.hook
def before_call(context, case, kwargs):
    # A call that may take a millisecond ends with 504, as it should.
    options = case.body.get("options") if isinstance(case.body, dict) else None
    if isinstance(options, dict):
        limit = options.get("timeoutMs")
        if isinstance(limit, int) and not isinstance(limit, bool) and limit > 0:
            options["timeoutMs"] = max(limit, 20_000)
