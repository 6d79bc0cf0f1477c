.PHONY: run test fuzz check bench

python = .venv/bin/python

# The demo at http://127.0.0.1:8000; PORT= and WINNOW_DATA= move it.
run:
	@bin/install
	@$(python) manage.py launch

# The whole suite, once on the embedded defaults and once on PostgreSQL, a broker and S3, side by side.
# ARGS= goes to pytest.
test:
	@bin/install dev
	@WINNOW_TEST_CHROMIUM=$$(bin/chromium) $(python) -m pytest --dist=each \
		--tx=popen//env:WINNOW_TEST_ON=embedded --tx=popen//env:WINNOW_TEST_ON=services $(ARGS)

# Every endpoint, with what no page of ours sends, on both databases side by side; WINNOW_FUZZ= and WINNOW_FUZZ_SEED=
# say how many requests to each, and which.
fuzz:
	@bin/install dev
	@WINNOW_FUZZ=$${WINNOW_FUZZ:-10500} $(python) -m pytest -q -p no:randomly --dist=each \
		--tx=popen//env:WINNOW_TEST_ON=embedded --tx=popen//env:WINNOW_TEST_ON=services tests/test_fuzz.py

check:
	@bin/install dev
	@bin/check

# Both sides of every comparison, into bench/results/latest.json; NAMES="..." runs some and merges.
bench:
	@bin/install dev
	@WINNOW_TEST_CHROMIUM=$$(bin/chromium) $(python) -m bench $(NAMES)
