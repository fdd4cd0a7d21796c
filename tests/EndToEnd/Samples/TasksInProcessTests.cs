extern alias tasks;

using System.Net.Http.Headers;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.Logging;
using Sluice.SocketIO.Testing;
using tasks::Sluice.Samples.Tasks;

namespace Sluice.EndToEnd.Samples;

/// <summary>
/// samples/Tasks as its own developers would test it: started by WebApplicationFactory in the
/// test's process, with <see cref="SocketIOTestClient"/> for its clients.
/// </summary>
public sealed class TasksInProcessTests
{
    [Fact]
    public async Task A_task_that_is_created_by_REST_is_told_to_clients()
    {
        await using var all = new WebApplicationFactory<TaskFeed>();
        await using var factory = all.WithWebHostBuilder(
            host => host.ConfigureLogging(logging => logging.ClearProviders()));
        using var http = factory.CreateClient();
        await using var client = await SocketIOTestClient.ConnectAsync(
            factory.CreateClient(), cancel: Cancel);

        var login = await http.PostAsJsonAsync("/api/login", new LoginRequest("ada"), Cancel);
        var token = (await login.Content.ReadFromJsonAsync<LoginAnswer>(Cancel))!.Token;
        var known = await client.EmitWithAckAsync<Authenticated>("authenticate", token);
        Assert.Equal(new Authenticated(true, "ada", null), known);
        var unknown = await client.EmitWithAckAsync<Authenticated>("authenticate", "nonsense");
        Assert.False(unknown!.Ok);

        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        var draft = new TaskDraft("test it", null, null);
        var answer = await http.PostAsJsonAsync("/api/tasks", draft, Cancel);
        var created = await answer.Content.ReadFromJsonAsync<TaskItem>(Cancel);
        var told = await client.ReceiveAsync<TaskEvent>("taskCreated", Cancel);
        Assert.Equal(created, told!.Data);
        Assert.Equal("test it", told.Data.Title);
    }

    static CancellationToken Cancel => TestContext.Current.CancellationToken;
}
