# One command for each habit. Needs Python 3.11 or 3.12, pip and make; all else goes into this folder.
PYTHON ?= python3
BIN := .venv/bin
SCALE ?= 1
SEED ?= 1
ENGINE ?= athena
export PATH := $(CURDIR)/.venv/bin:$(PATH)

# What stands on make's own line becomes an option: PROFILE=prod is --profile 'prod'. An environment
# that happens to have a NAME or a RUN is not meant, and no shell reads what was given.
given = $(foreach each,$(1),$(if $(findstring command,$(origin $(each))),$(call option,$(each))))
option = --$(shell echo $(1) | tr A-Z_ a-z-) '$(subst ','\'',$(value $(1)))'
WHERE := PROFILE REGION NAME

.PHONY: setup demo cloud token down query runs run alarms drop backfill redrive replay resync sweep load erase test gameday permissions lock sbom check snapshot openapi bench docs deploy clean

setup: .venv/.installed node_modules/.installed .build/emulator/.installed

# Only files whose hashes are locked, and no package's code while they are installed.
INSTALL := $(BIN)/uv pip install --quiet --require-hashes --only-binary :all:

# Installs what is missing; a changed lock installs again. The first line takes uv out of the lock.
.venv/.installed: requirements-dev.txt
	$(PYTHON) -m venv .venv
	awk '/^[^ ]/ { uv = /^uv==/ } uv' requirements-dev.txt > .venv/uv.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r .venv/uv.txt
	$(INSTALL) --python $(BIN)/python -r requirements-dev.txt
	@touch $@

node_modules/.installed: package.json package-lock.json .venv/.installed
	npm ci --silent --ignore-scripts --no-audit --no-fund
	@touch $@

# The emulator has a venv of its own, without our dependencies: functions run on their bundles.
.build/emulator/.installed: local/emulator-requirements.txt .venv/.installed
	$(PYTHON) -m venv --clear .build/emulator
	$(INSTALL) --python .build/emulator/bin/python -r $<
	@touch $@

demo: setup
	@$(BIN)/python -m local demo --scale $(SCALE) --seed $(SEED)

cloud: setup
	@$(BIN)/python -m local cloud $(call given,AUTH PULLS)

# An access token of the laptop's cloud, as WHO=admin (as it is without), vendor or customer.
token: setup
	@$(BIN)/python -m local token $(call given,WHO)

down:
	@if [ -x $(BIN)/python ]; then $(BIN)/python -m local down; fi

# SQL goes by the environment, untouched by make ($(value)) and by the shell.
query: export MERCADO_SQL = $(value SQL)
query: setup
	@$(BIN)/python -m local query --engine $(ENGINE) $(call given,$(WHERE))

runs: setup
	@$(BIN)/python -m local $@ $(call given,$(WHERE) COUNT SINCE FAILED FORMAT)

run: setup
	@$(BIN)/python -m local $@ $(call given,$(WHERE) RUN FORMAT)

alarms: setup
	@$(BIN)/python -m local $@ $(call given,$(WHERE) HOURS)

redrive: setup
	@$(BIN)/python -m local $@ $(call given,$(WHERE) DRY_RUN RUN REASON SOURCE)

sweep: setup
	@$(BIN)/python -m local $@ $(call given,$(WHERE) DRY_RUN PREFIX DAYS)

drop: setup
	@$(BIN)/python -m local $@ $(call given,$(WHERE) DRY_RUN SOURCE FILE)

backfill: setup
	@$(BIN)/python -m local $@ $(call given,$(WHERE) DRY_RUN PREFIX)

replay resync load: setup
	@$(BIN)/python -m local $@ $(call given,$(WHERE) DRY_RUN)

erase: setup
	@$(BIN)/python -m local $@ $(call given,$(WHERE) DRY_RUN CUSTOMER AGAIN)

test: setup
	$(BIN)/python -m pytest -n 2 --dist loadgroup

# Versions and hashes of all that is installed and shipped; UPGRADE=1 takes newer versions.
lock: setup
	$(BIN)/python -m local.supply lock $(if $(UPGRADE),--upgrade)

# Bills of materials of the bundles and of what makes them (CycloneDX), into .build/sbom.
sbom: setup
	$(BIN)/python -m local.supply sbom

check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/sqlfluff lint sql/warehouse
	$(BIN)/python -m local.supply check
	$(BIN)/python -m local.supply audit
	$(BIN)/python -m local.check
	$(BIN)/python -m local.docs --check
	$(BIN)/python -m local.sources schema --check
	$(BIN)/python -m local.openapi --check
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.dependabot .github/dependabot.yml
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-issue-forms .github/ISSUE_TEMPLATE/*.yml

# The documentation's site; dead links and anchors fail. It opens from the disk.
docs: setup
	$(BIN)/python -m local.docs
	$(BIN)/zensical build --strict --clean

# What reviewers see of roles, policies and what is open: after a change that is meant.
snapshot: setup
	$(BIN)/python -m local.check --accept

# The API's document; a change that breaks clients is written with BREAKING=1 only.
openapi: setup
	$(BIN)/python -m local.openapi $(if $(BREAKING),--breaking)

# Drills, and two minutes of killed functions, refused writes and an absent warehouse, under traffic.
gameday: setup
	$(BIN)/python -m pytest -s tests/e2e/test_game_day.py

# What functions are granted and no end-to-end test uses, each with its reason: minutes.
permissions: setup
	$(BIN)/python -m pytest -s -q tests/e2e --ignore tests/e2e/test_game_day.py \
		--ignore tests/e2e/test_sources_side_by_side.py

bench: setup
	@$(BIN)/python -m benchmarks

# To the account of your credentials; settings by `SETTINGS="-c mercado:warehouse=true"`.
deploy: setup
	node_modules/.bin/cdk bootstrap $(SETTINGS)
	node_modules/.bin/cdk deploy --all $(SETTINGS)

clean: down
	rm -rf .venv .build .local node_modules cdk.out site
