using System;
using System.Buffers.Binary;
using System.IO;
using System.Text;
using System.Threading.Tasks;
using SPE.Worker.Channel;
using SPE.Worker.Tests.Harness;
using Xunit;

namespace SPE.Worker.Tests.Channel;

/// <summary>The worker's manners on the channel (docs/developers/worker-channel.md).</summary>
public sealed class ProtocolTests
{
    [Fact]
    public void ReadyTellsProtocolAndEngine()
    {
        using var worker = new TestWorker();
        Assert.Equal("ready", worker.Ready!.Type);
        Assert.Equal(1, worker.Ready.Header.GetProperty("protocol").GetInt32());
        Assert.Equal("tests", worker.Ready.Header.GetProperty("engine").GetString());
        Assert.Equal("0.0", worker.Ready.Header.GetProperty("engineVersion").GetString());
    }

    /// <summary>A question whether it still hears is answered at once, between runs and in the middle of one.</summary>
    [Fact]
    public void PingIsAnsweredWhateverRuns()
    {
        using var worker = new TestWorker();
        worker.Send(new { type = "ping" });
        Assert.Equal("pong", worker.Next().Type);
        var run = worker.Begin("$null = Get-ScriptSession; while ($true) { }");
        Assert.Equal("call", worker.Next().Type);
        worker.Send(new { type = "ping" });
        Assert.Equal("pong", worker.Next().Type);
        worker.Cancel(run);
        Assert.Equal("stopped", worker.Finish(run).Outcome);
    }

    [Fact]
    public async Task OtherProtocolIsLeftWithItsCode()
    {
        using var worker = TestWorker.Greeted(2);
        Assert.Equal(65, await worker.Served.WaitAsync(Deadline.Generous));
    }

    [Fact]
    public async Task EndOfTheChannelEndsTheWorker()
    {
        using var worker = new TestWorker();
        worker.HangUp();
        Assert.Equal(0, await worker.Served.WaitAsync(Deadline.Generous));
    }

    /// <summary>The reader is never held up by a script, by one that writes more than the server takes neither.</summary>
    [Theory]
    [InlineData("while ($true) { }")]
    [InlineData("while ($true) { Write-Warning ('x' * 5000) }")]
    [InlineData("Get-ScriptSession")]
    public async Task EndOfTheChannelEndsTheWorkerInTheMiddleOfARun(string script)
    {
        using var worker = new TestWorker();
        worker.Begin("Write-Warning started; " + script);
        worker.Next();
        worker.HangUp();
        Assert.Equal(0, await worker.Served.WaitAsync(Deadline.Generous));
    }

    [Theory]
    [InlineData("""{"type":"run"}""")]
    [InlineData("""{"type":"greeting"}""")]
    [InlineData("""{"type":"hello"}""")]
    [InlineData("""{"type":"hello","protocol":"one"}""")]
    [InlineData("""{"protocol":1}""")]
    [InlineData("""[]""")]
    [InlineData("""not json""")]
    [InlineData("")]
    public async Task FirstFrameThatIsNoGreetingEndsTheWorker(string header)
    {
        using var bare = new BareWorker();
        bare.SendFrame(header);
        Assert.Equal(76, await bare.Served.WaitAsync(Deadline.Generous));
    }

    [Theory]
    [InlineData("""{"type":"greeting"}""")]
    [InlineData("""{"type":"run","run":1}""")]
    [InlineData("""{"type":"run","run":1,"kind":"poem","format":"clixml","scriptLength":0,"argumentsAs":"params","captureStreams":false,"keepRunspace":false}""")]
    [InlineData("""{"type":"run","run":1,"kind":"script","format":"clixml","scriptLength":9,"argumentsAs":"params","captureStreams":false,"keepRunspace":false}""")]
    [InlineData("""{"type":"run","run":1,"kind":"script","format":"clixml","scriptLength":-1,"argumentsAs":"params","captureStreams":false,"keepRunspace":false}""")]
    [InlineData("""{"type":"cancel","run":1.5}""")]
    public async Task FrameThatIsNotOfTheProtocolEndsTheWorker(string header)
    {
        using var bare = new BareWorker();
        bare.SendFrame("""{"type":"hello","protocol":1,"speVersion":"10.0.0","sitecoreVersion":"9.3.0"}""");
        bare.SendFrame(header);
        Assert.Equal(76, await bare.Served.WaitAsync(Deadline.Generous));
    }

    [Theory]
    [InlineData(65_537, 0)]
    [InlineData(10, 1_048_577)]
    [InlineData(uint.MaxValue, uint.MaxValue)]
    public async Task FrameOverALimitEndsTheWorkerBeforeItIsRead(uint header, uint payload)
    {
        using var bare = new BareWorker();
        bare.SendLengths(header, payload);
        Assert.Equal(76, await bare.Served.WaitAsync(Deadline.Generous));
    }

    [Fact]
    public async Task FrameThatIsCutEndsTheWorker()
    {
        using var bare = new BareWorker();
        bare.SendLengths(10, 0);
        bare.HangUp();
        Assert.Equal(76, await bare.Served.WaitAsync(Deadline.Generous));
    }

    /// <summary>The server ends a process that speaks of a run that is over, and threads of a script may outlive it.</summary>
    [Fact]
    public void NothingOfARunGoesOutBehindItsDone()
    {
        var (server, workersEnd) = SocketPair.Create();
        using var queue = new FrameQueue(workersEnd);
        var channel = new WorkerChannel(queue);
        var run = new RunChannel(channel, 1);
        run.Done("completed", hadErrors: false, exitCode: null, default);
        run.Record("{}"u8);
        run.Output("late"u8);
        Assert.False(run.Call(1, "session.list", null, default));
        run.Done("failed", hadErrors: false, exitCode: null, default);
        channel.Ready("end", "");
        Assert.Equal(["done", "ready"], new[] { Wire.Read(server)!.Type, Wire.Read(server)!.Type });
    }

    /// <summary>Messages over a frame are several; those of other messages may stand between (worker channel, frames).</summary>
    [Fact]
    public void FramesOfOtherMessagesMayStandBetween()
    {
        using var worker = new TestWorker();
        var script = Encoding.UTF8.GetBytes("'" + new string('x', 100) + "'.Length");
        var first = new
        {
            type = "run", run = 7, kind = "script", format = "raw", scriptLength = script.Length, argumentsAs = "params",
            captureStreams = false, keepRunspace = false, languageMode = "FullLanguage", more = true,
        };
        worker.Send(first, script.AsSpan(0, 50));
        worker.Send(new { type = "cancel", run = 7 });
        worker.Send(new { type = "run", run = 7 }, script.AsSpan(50));
        Assert.Equal("100", worker.Finish(7).Output);
    }

    /// <summary>A worker whose greeting is the test's own.</summary>
    private sealed class BareWorker : IDisposable
    {
        private readonly Stream _server;
        private readonly Stream _workersEnd;

        public BareWorker()
        {
            (_server, _workersEnd) = SocketPair.Create();
            Served = Task.Factory.StartNew(
                new WorkerProcess(_workersEnd, "tests", "0.0", process: null).Serve, TaskCreationOptions.LongRunning);
        }

        public Task<int> Served { get; }

        public void SendFrame(string header)
        {
            var bytes = Encoding.UTF8.GetBytes(header);
            SendLengths((uint)bytes.Length, 0);
            _server.Write(bytes);
        }

        public void SendLengths(uint header, uint payload)
        {
            var prefix = new byte[8];
            BinaryPrimitives.WriteUInt32LittleEndian(prefix, header);
            BinaryPrimitives.WriteUInt32LittleEndian(prefix.AsSpan(4), payload);
            _server.Write(prefix);
        }

        public void HangUp() => _server.Dispose();

        public void Dispose()
        {
            _server.Dispose();
            _workersEnd.Dispose();
        }
    }
}
