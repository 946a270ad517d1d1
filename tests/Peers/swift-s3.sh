#!/usr/bin/env bash
# An S3 server for tests: one-node OpenStack Swift with the s3api middleware.
# usage: swift-s3.sh FOLDER PROXY ACCOUNT CONTAINER OBJECT MEMCACHED (ports). Everything lies in FOLDER. Says "ready" and lives until standard input ends, so it never outlives its test.
set -euo pipefail
root=$1 proxy=$2 account=$3 container=$4 object=$5 memcached=$6
etc=$root/etc user=$(id -un)
mkdir -p "$etc" "$root/srv/d1" "$root/log"

cat > "$etc/swift.conf" <<EOF
[swift-hash]
swift_hash_path_prefix = gpugeek
swift_hash_path_suffix = test
[storage-policy:0]
name = one
default = yes
[swift-constraints]
EOF

common() {
  cat <<EOF
[DEFAULT]
bind_ip = 127.0.0.1
bind_port = $1
workers = 0
user = $user
swift_dir = $etc
log_level = INFO
log_udp_host = 127.0.0.1
log_udp_port = 9
# A busy machine is slow, not broken: after one second a listing would go without the object that was written.
container_update_timeout = 60
conn_timeout = 20
node_timeout = 60
EOF
}

for pair in "account:$account" "container:$container" "object:$object"; do
  name=${pair%:*} port=${pair#*:}
  (
    cd "$etc"
    swift-ring-builder "$name.builder" create 4 1 1
    swift-ring-builder "$name.builder" add "r1z1-127.0.0.1:$port/d1" 1
    swift-ring-builder "$name.builder" rebalance || [ $? -eq 1 ] # 1 is a warning
  ) > "$root/log/$name-ring.log"
  {
    common "$port"
    printf '%s\n' "devices = $root/srv" "mount_check = false" "disable_fallocate = true" \
      "[pipeline:main]" "pipeline = $name-server" "[app:$name-server]" "use = egg:swift#$name"
  } > "$etc/$name-server.conf"
done

{
  common "$proxy"
  cat <<EOF
[pipeline:main]
pipeline = catch_errors gatekeeper healthcheck cache s3api tempauth bulk slo dlo proxy-server
[app:proxy-server]
use = egg:swift#proxy
allow_account_management = true
account_autocreate = true
conn_timeout = 20
node_timeout = 60
error_suppression_limit = 1000000
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:$memcached
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:gatekeeper]
use = egg:swift#gatekeeper
[filter:healthcheck]
use = egg:swift#healthcheck
[filter:bulk]
use = egg:swift#bulk
[filter:slo]
use = egg:swift#slo
minimum_segment_size = 1
[filter:dlo]
use = egg:swift#dlo
[filter:tempauth]
use = egg:swift#tempauth
user_gpugeek_dev = devsecret .admin
[filter:s3api]
use = egg:swift#s3api
s3_acl = false
location = us-east-1
dns_compliant_bucket_names = false
max_upload_part_num = 10000
check_bucket_owner = false
EOF
} > "$etc/proxy-server.conf"

children=()
trap 'kill -KILL "${children[@]}" 2>/dev/null; wait' EXIT
start() { "$@" > "$root/log/${1##*/}.log" 2>&1 < /dev/null & children+=($!); }
listens() { (exec 3<> "/dev/tcp/127.0.0.1/$1") 2> /dev/null; }
await() { for _ in $(seq 600); do "$@" && return; sleep 0.1; done; return 1; }

# The proxy last: it would give up on a server behind it that is not there yet.
start memcached -u "$user" -l 127.0.0.1 -p "$memcached" -m 16 -U 0
for name in account container object; do start "swift-$name-server" "$etc/$name-server.conf"; done
if await listens "$memcached" && await listens "$account" && await listens "$container" && await listens "$object" \
    && start swift-proxy-server "$etc/proxy-server.conf" && await curl -fs -o /dev/null "http://127.0.0.1:$proxy/healthcheck"; then
  echo ready
  cat > /dev/null
  exit 0
fi
echo "Swift does not answer:" >&2
tail -n 20 "$root"/log/*.log >&2
exit 1
