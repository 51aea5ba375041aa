import { type Words } from '../language.ts';

/** Why detections have their level: `reason.<key>` of DETECTION_REASONS in socket-states. */
export const EN: Words = {
  'reason.leak.fast':
    '{leaked|connection is|connections are} leaked, {arrivals} of them within {overMs}, and none is closed',
  'reason.leak.trend': '{leaked|connection is|connections are} leaked and they keep rising, by {slopePerHour} an hour',
  'reason.leak.slow': 'the fewest leaked connections of each hour keep rising: by {growth} within {overMs}',
  'reason.leak.few': '{leaked|connection is|connections are} leaked; from {trigger} on it is told when they grow',
  'reason.leak.still': '{leaked|connection waits|connections wait} to be closed, but no more are added',
  'reason.leak.changing': '{leaked|connection waits|connections wait} to be closed; new ones come and old ones go',
  'reason.leak.tooth':
    '{leaked|connection waits|connections wait} to be closed; they have been swept before, and do not pass the level of before',
  'reason.leak.harmless': 'what is seen of them is no fault',
  'reason.leak.time_left': 'descriptors run out in {timeLeftMs}: {used} of {limit} are in use',
  'reason.leak.used': '{usedShare} of the descriptors are in use, {leakedShare} of these by leaked connections',
  'reason.leak.queue_full': 'the accept queue is full: {queueLength} wait where {queueLimit} may',
  'reason.descriptors.used': '{usedShare} of the descriptors of the process are in use: {used} of {limit}',
  'reason.descriptors.time_left':
    'the descriptors of the process run out in {timeLeftMs}: it opens {slopePerHour} more an hour',
  'reason.descriptors.towards': 'most of its sockets go to {peer}',
  'reason.system_descriptors.used': '{usedShare} of the open files of the host are in use: {used} of {limit}',
  'reason.system_descriptors.time_left':
    'the open files of the host run out in {timeLeftMs}: {slopePerHour} more an hour',
  'reason.ports.used': '{usedShare} of the local ports are in use: {used} of {limit}',
  'reason.ports.time_left': 'the local ports run out in {timeLeftMs}: {slopePerHour} more an hour',
  'reason.ports.time_wait':
    '{timeWait} of them are in TIME_WAIT, which is not reused here: {sustainablePerSecond} connections a second are all that can go on',
  'reason.time_wait_overflow.rising':
    '{increase|connection|connections} skipped TIME_WAIT within {overMs}, for there were too many',
  'reason.accept_queue.rising':
    '{increase|connection was|connections were} turned away within {overMs}, for an accept queue was full',
  'reason.accept_queue.full': 'the queue of port {port} is full: {queueLength} wait where {queueLimit} may',
  'reason.syn_flood.half_open':
    '{halfOpen|connection is|connections are} half open, and so many have been for {overMs}',
  'reason.syn_flood.cookies': 'the kernel answers with SYN cookies, {cookiesPerSecond} a second: {cookies} so far',
  'reason.syn_flood.dropped': '{dropped|request was|requests were} dropped',
  'reason.host_starved.stalled': 'programs waited for a CPU {stallShare} of the time, for {overMs}',
  'reason.host_starved.waiting':
    '{processes|process waits|processes wait} longer for a CPU than they run, for {overMs}',
  'reason.host_silent.silent': 'nothing is heard of the agent for {silentMs}',
  'reason.clock_skew.ahead': 'the clock is {skewMs} ahead of the server',
  'reason.clock_skew.behind': 'the clock is {skewMs} behind the server',
  'reason.threshold.above': '{value} is more than {above}, for {overMs}',
};
