import { type Words } from '../language.ts';

/** Names of verdicts, what they mean, and what to do. */
export const ZH_HANS: Words = {
  'verdict.code_leak': '代码泄漏',
  'verdict.code_leak.meaning': '程序已读到流的末尾，线程也都正常，却始终不关闭套接字。',
  'advice.code_leak':
    '找出程序忘记关闭连接的代码路径：多半是读取之后的出错、超时或提前返回分支。重启只能释放已泄漏的连接，不能解决问题。',

  'verdict.not_reading': '未读取',
  'verdict.not_reading.meaning': '仍有数据或流结束标志未被读取，而线程都正常：没有谁在关注这个套接字。',
  'advice.not_reading':
    '让每条空闲连接都有人关注其结束：连接池应检测或淘汰所保留的连接（空闲时限要短于对端），事件循环则应一直注册读事件。若未读数据很多，请检查它的读取是否慢于对端的发送。',

  'verdict.cpu_starved': 'CPU 不足',
  'verdict.cpu_starved.meaning': '线程已就绪却得不到 CPU，因而一直轮不到关闭连接。',
  'advice.cpu_starved':
    '给 {executable} 更多 CPU：若受到限流，请提高配额；否则把负载从该主机移走。它运行起来后，这些套接字会自行关闭。',

  'verdict.busy': '忙于计算',
  'verdict.busy.meaning': '有线程一直占用 CPU，始终执行不到读取，也就不会关闭连接。',
  'advice.busy':
    '对 {executable} 做性能分析（perf top -p {pid}）：占用 CPU 的线程必须让出时间处理套接字。请检查是否有死循环，或在事件循环里做长时间计算。',

  'verdict.blocked_on_lock': '等待锁',
  'verdict.blocked_on_lock.meaning': '本应关闭连接的线程在等待锁，而没有谁让它们继续。',
  'advice.blocked_on_lock':
    '抓取所有线程的调用栈（gdb -p {pid} -batch -ex "thread apply all bt"，或 jstack、py-spy dump），查找相互等待的线程，或被其他进程持有的文件锁。',

  'verdict.blocked_on_io': '等待 I/O',
  'verdict.blocked_on_io.meaning': '本应关闭连接的线程在等待磁盘、文件系统或管道。',
  'advice.blocked_on_io':
    '查看 {executable} 在等什么（以 root 执行 cat /proc/{pid}/stack，以及 ls -l /proc/{pid}/fd）：缓慢的磁盘、无响应的网络文件系统，或另一端无人处理的管道。',

  'verdict.stopped': '已停止',
  'verdict.stopped.meaning': '进程被信号、调试器或冻结的控制组停住，什么也不做。',
  'advice.stopped': '让它继续运行：kill -CONT {pid}；或断开调试器，或恢复其容器。然后查明是谁停住了它。',

  'verdict.not_accepted': '从未被接受',
  'verdict.not_accepted.meaning': '连接停在监听套接字的接受队列里，还不属于任何进程。',
  'advice.not_accepted':
    '程序在监听却不接受连接：请检查接受循环是否已退出，是否达到连接数或文件描述符上限（EMFILE），或工作线程是否全被占用。',

  'verdict.half_closed': '半关闭',
  'verdict.half_closed.meaning': '对端有意关闭了自己的发送方向，但仍在接收发给它的数据。不是故障。',
  'advice.half_closed': '无需处理：数据发送完毕后连接就会关闭。',

  'verdict.send_blocked': '发送受阻',
  'verdict.send_blocked.meaning': '待发送的数据发不出去：对端窗口已关闭，或一直得不到确认。',
  'advice.send_blocked':
    '检查对端以及通往对端的网络（ss -tino 可显示窗口和重传），并为发送设置时限（TCP_USER_TIMEOUT、SO_SNDTIMEO），以便放弃不再接收的对端。',

  'verdict.inherited': '被继承',
  'verdict.inherited.meaning':
    '套接字同时由两个或更多进程持有：只要还有一个进程开着它，其他进程的 close() 就不会结束连接。',
  'advice.inherited': '用 SOCK_CLOEXEC 打开套接字，或在 fork 后于子进程中关闭：进程 {pids} 持有相同的套接字。',

  'verdict.kernel_owned': '无进程持有',
  'verdict.kernel_owned.meaning':
    '所有进程都可查看，却没有一个持有该套接字的描述符：它属于内核自身、io_uring 的固定文件，或正在进程间传递的描述符。',
  'advice.kernel_owned':
    '检查内核中连接该对端的客户端（NFS、CIFS、Ceph 挂载，iSCSI、NBD），以及使用 io_uring 注册文件的程序。',

  'verdict.turnover': '正常轮换',
  'verdict.turnover.meaning': '都是存在不久、来了又走的连接：程序会适时关闭它们。不是故障。',
  'advice.turnover': '无需处理。',

  'verdict.unknown': '未知',
  'verdict.unknown.meaning': '缺少足以判断的证据。',
  'advice.unknown': '让代理能看到所缺的证据：closewatch-agent doctor 会说明方法。',
};
