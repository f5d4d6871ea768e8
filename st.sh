# start [args]: sets P, W
start(){ python main.py "$@" > /tmp/review2/run.log 2>&1 & P=$!; for i in $(seq 1 300); do W=$(xdotool search --onlyvisible --pid $P 2>/dev/null | tail -1); [ -n "$W" ] && break; sleep 0.03; done; }
closew(){ wmctrl -ic $W 2>/dev/null || xdotool key --window $W alt+F4; s=$(date +%s.%N); wait $P; rc=$?; e=$(date +%s.%N); echo "rc $rc in $(echo "$e-$s"|bc)"; cat /tmp/review2/run.log; }
