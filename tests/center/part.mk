# SPDX-License-Identifier: MIT
# The center from the outside, over real TLS.
.PHONY: check-center
check-center: $(BIN)/atmcenterd $(BIN)/atmcenter ## the center's programs, driven by a machine that behaves badly
	tests/run center/outside $(BIN)
	tests/run center/processes $(BIN)

$(eval $(call program,center-load,tests/center/load.c lib/damm.c,-lssl -lcrypto))
.PHONY: bench-center
bench-center: $(BIN)/atmcenterd $(BIN)/atmcenter $(BIN)/center-load ## unlocks judged a second, and how long one takes beside a reader
	tests/center/bench $(BIN) $(if $(SHORT),8 4)
	tests/run center/latency $(BIN) $(if $(SHORT),2000)
